"""`python -m clients.portal clients/portal/hall.toml` serves one deployment."""

import logging
import sys
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from clients.portal.app import create_app
from clients.portal.configuration import load


class QuietRequests(WSGIRequestHandler):
    """No line for each request: the callback's address holds a code, and this log is a console."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m clients.portal DEPLOYMENT.toml")
    logging.basicConfig(format="portal: %(message)s")
    deployment = load(Path(sys.argv[1]))
    try:
        app = create_app(deployment)
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is missing: register the client first (idp clients apply)")
    # A sample for a developer's machine; a real portal has a server of its own choice in front.
    server = make_server("127.0.0.1", deployment.port, app, threaded=True, request_handler=QuietRequests)
    server.serve_forever()


if __name__ == "__main__":
    main()
