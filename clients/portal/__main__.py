"""`python -m clients.portal clients/portal/hall.toml` serves one deployment."""

import sys
from pathlib import Path

from werkzeug.serving import make_server

from clients.portal.app import create_app
from clients.portal.configuration import load


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m clients.portal DEPLOYMENT.toml")
    deployment = load(Path(sys.argv[1]))
    # A sample for a developer's machine; a real portal has a server of its own choice in front.
    make_server("127.0.0.1", deployment.port, create_app(deployment), threaded=True).serve_forever()


main()
