"""`python -m clients.miniprogram.server [DEPLOYMENT.toml]` serves the back end."""

import logging
import sys
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from clients.miniprogram.server.app import create_app
from clients.miniprogram.server.configuration import HERE, load


class QuietRequests(WSGIRequestHandler):
    """No line for each request: addresses hold codes and tickets, and this log is a console."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> None:
    if len(sys.argv) > 2:
        sys.exit("usage: python -m clients.miniprogram.server [DEPLOYMENT.toml]")
    logging.basicConfig(format="mini-program: %(message)s")
    file = Path(sys.argv[1]) if len(sys.argv) == 2 else HERE / "deployment.toml"
    try:
        deployment = load(file)
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is missing: register the client first, and put the app's secret there")
    # A sample for a developer's machine; a real one has a server of its own choice in front.
    server = make_server(
        "127.0.0.1", deployment.port, create_app(deployment), threaded=True, request_handler=QuietRequests
    )
    server.serve_forever()


if __name__ == "__main__":
    main()
