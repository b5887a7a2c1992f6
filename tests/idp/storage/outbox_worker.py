"""A worker process for tests: `python -m tests.idp.storage.outbox_worker URL TIME FILE MODE`.

Writes each message it does to FILE. MODE `hang` stops in the middle of each, after saying so.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import sessionmaker

from idp.storage.database import open_database
from idp.storage.outbox import Delivery, drain


def main(url: str, now: str, file: str, mode: str) -> None:
    moment = datetime.fromisoformat(now)
    sessions = sessionmaker(open_database(url))
    with Path(file).open("a", buffering=1) as done:

        def handle(delivery: Delivery) -> None:
            if mode == "hang":
                print("in the middle", flush=True)
                time.sleep(600)
            done.write(delivery.payload.decode() + "\n")

        print("ready", flush=True)
        sys.stdin.readline()
        drain(sessions, {"test": handle}, lambda: moment)


if __name__ == "__main__":
    main(*sys.argv[1:])
