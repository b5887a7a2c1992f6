"""`python -m clients.checker`, or `yitong-check` where the package is installed."""

from .command import main

if __name__ == "__main__":
    raise SystemExit(main())
