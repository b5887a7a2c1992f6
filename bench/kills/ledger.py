"""What whoever asks was told is safe: a line each, once the answer is there, outside of what is killed."""

import os
from enum import StrEnum
from pathlib import Path


class Told(StrEnum):
    """How an acknowledged event is known again in the log."""

    APPENDED = "appended"
    """By its `request_id`: through `AuditLog.append`."""
    CHANGED = "changed"
    """By its id: in the transaction of a change, a new person."""
    TOKEN = "token"  # noqa: S105 - a kind of answer
    """By its `token_id`: an access token that the provider answered with."""


class Ledger:
    """One for each process; safe over threads."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, told: Told, key: str) -> None:
        os.write(self._descriptor, f"{told} {key}\n".encode("ascii"))

    def close(self) -> None:
        os.close(self._descriptor)


def read(folder: Path) -> dict[Told, set[str]]:
    """Of all ledgers there. A last line without its end was never finished."""
    found: dict[Told, set[str]] = {told: set() for told in Told}
    for path in folder.glob("*.ledger"):
        for line in path.read_text("ascii").split("\n")[:-1]:
            told, _, key = line.partition(" ")
            found[Told(told)].add(key)
    return found
