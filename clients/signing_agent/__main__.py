"""`python -m clients.signing_agent FOLDER` signs with the licence in a folder, made by `idp sandbox licence`.

Each signature is asked for in the terminal.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from clients.licence_app.keys import WrongKey, read_key
from clients.signing_agent.agent import Agent, Licence
from clients.signing_agent.challenge import Challenge
from clients.signing_agent.server import serve

PORT = 24811


def now() -> datetime:
    return datetime.now(UTC)


def confirm(asked: Challenge) -> bool:
    seconds = int((asked.expires - now()).total_seconds())
    print(f"\n{asked.origin}\n用执照登录？ Sign in there with your licence? ({seconds} s)", flush=True)
    try:
        return input("[y/N] ").strip().lower() in {"y", "yes", "是"}
    except EOFError:
        return False


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m clients.signing_agent")
    arguments.add_argument("folder", type=Path, help="with licence.pem, chain.pem and licence.key")
    arguments.add_argument("--issuer", default="http://localhost:8000", help="whose pages may ask")
    arguments.add_argument("--port", type=int, default=PORT)
    arguments.add_argument("--yes", action="store_true", help="sign without asking: for trying alone")
    given = arguments.parse_args()
    try:
        licence = read_licence(given.folder)
    except (OSError, ValueError, WrongKey) as problem:
        print(f"{given.folder}: {problem}", file=sys.stderr)
        return 1
    agent = Agent(
        licence,
        origins=frozenset({given.issuer}),
        port=given.port,
        confirm=(lambda _asked: True) if given.yes else confirm,
        clock=now,
    )
    with serve(agent, given.port) as server:
        print(f"http://127.0.0.1:{given.port} for {given.issuer}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def read_licence(folder: Path) -> Licence:
    """Raises OSError, ValueError, WrongKey."""
    certificate, chain, key = (
        (folder / name).read_text("ascii") for name in ("licence.pem", "chain.pem", "licence.key")
    )
    return Licence(certificate, chain, read_key(key))


if __name__ == "__main__":
    sys.exit(main())
