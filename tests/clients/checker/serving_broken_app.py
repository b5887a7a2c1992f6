"""`python -m tests.clients.checker.serving_broken_app ISSUER PORT FAULT...`: the application as a process."""

import logging
import sys

from werkzeug.serving import make_server

from clients.checker import over_the_network
from tests.clients.checker.broken_app import BrokenApp, Fault


def main() -> None:
    issuer, port, *faults = sys.argv[1:]
    logging.getLogger("werkzeug").disabled = True
    app = BrokenApp(issuer, over_the_network(), *map(Fault, faults), origin=f"http://127.0.0.1:{port}")
    make_server("127.0.0.1", int(port), app.flask, threaded=True).serve_forever()


if __name__ == "__main__":
    main()
