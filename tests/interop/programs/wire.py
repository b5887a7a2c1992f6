"""The line protocol of `tests.interop.dialogue`, from the program's side."""

import json
import sys
from typing import Any


def read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sys.stdin.readline())
    return found


def say(said: dict[str, Any]) -> None:
    print(json.dumps(said), flush=True)


def answer_to(authorize: str) -> str:
    """Where the browser came back to, after it was sent to `authorize`."""
    say({"authorize": authorize})
    return str(read()["answer"])
