"""A licence app for the sandbox.

idp sandbox licence CODE --out licence/                     a licence, made by the sandbox
python -m clients.licence_app add licence/                  into the app, under a PIN
python -m clients.licence_app serve                         http://localhost:8003
"""

import argparse
import getpass
import sys
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from clients.licence_app.app import create_app
from clients.licence_app.keys import WrongKey
from clients.licence_app.wallet import PIN_DIGITS, NotALicence, Wallet

PORT = 8003
PROVIDER = "http://localhost:8000"


class QuietRequests(WSGIRequestHandler):
    """No line for each request: this log is a console, and addresses name requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> int:
    arguments = _arguments()
    wallet = Wallet(arguments.keep)
    if arguments.command == "add":
        return _add(wallet, arguments.licence)
    hosts = [f"{name}:{arguments.port}" for name in ("localhost", "127.0.0.1")]
    app = create_app(wallet, arguments.provider or [PROVIDER], hosts=hosts)
    print(f"http://{hosts[0]}  {len(list(wallet))} licence(s)", flush=True)
    # A sample for a developer's machine, for this machine alone: whoever reaches it could sign with a PIN.
    server = make_server("127.0.0.1", arguments.port, app, threaded=True, request_handler=QuietRequests)
    server.serve_forever()
    return 0


def _add(wallet: Wallet, licence: Path) -> int:
    try:
        pin = getpass.getpass(f"PIN, {PIN_DIGITS} digits: ")
        if getpass.getpass("Once more: ") != pin:
            raise NotALicence("the PINs differ")
        held = wallet.add(licence, pin)
    except (NotALicence, WrongKey) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{held.organisation}, until {held.expires_at:%Y-%m-%d}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m clients.licence_app",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--keep", type=Path, default=Path("var/licence-app"), help="the app's folder")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="a folder with licence.pem, chain.pem and licence.key")
    add.add_argument("licence", type=Path)
    serve = commands.add_parser("serve")
    serve.add_argument("--port", type=int, default=PORT)
    serve.add_argument("--provider", action="append", help=f"whom it knows: an issuer; default {PROVIDER}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
