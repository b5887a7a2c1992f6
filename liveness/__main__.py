"""`python -m liveness`: install and verify the networks, check recordings. See `liveness.commands`."""

from __future__ import annotations

import argparse
import sys

from liveness.commands import COMMANDS
from liveness.errors import InstallFailed, ManifestInvalid, ModelMissing, ModelTampered, ModelUnfit


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code: 0 done or live, 1 refused or not whole, 2 wrong use, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (InstallFailed, ManifestInvalid, ModelMissing, ModelTampered, ModelUnfit) as error:
        print(f"liveness: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # what is installed so far is whole; a second run goes on from there


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m liveness", description="Server-side face liveness.")
    commands = parser.add_subparsers(required=True)
    for add in COMMANDS:
        add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
