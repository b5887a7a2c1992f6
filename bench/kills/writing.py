"""A process that writes to the log until it is killed.

    python -m bench.kills.writing URL LEDGER NAME THREADS

Half of the events go through `AuditLog.append`, the others in the transaction of a change. What fails is not
acknowledged, and the next one tried.
"""

import sys
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Thread

from sqlalchemy import Engine
from sqlalchemy.orm import Session

import idp.models  # noqa: F401 - every table
from bench.kills.ledger import Ledger, Told
from idp.audit import AuditContext, AuditLog, record
from idp.audit.events.people import PersonEnrolled
from idp.audit.events.signing_in import SignInRefused
from idp.people.models import Person
from idp.storage.base import new_id
from idp.storage.database import open_database
from idp.storage.outages import OUTAGES

AFTER_FAILURE_SECONDS = 0.02


def main(url: str, path: str, name: str, threads: str) -> None:
    engine, ledger = open_database(url), Ledger(Path(path))
    log = AuditLog(engine, timeout_seconds=5)

    def write(number: int) -> None:
        for at in count():
            try:
                if at % 2:
                    _append(log, ledger, f"{name}-{number}-{at}")
                else:
                    _change(engine, ledger)
            except OUTAGES:
                time.sleep(AFTER_FAILURE_SECONDS)

    for number in range(int(threads)):
        Thread(target=write, args=(number,), daemon=True).start()
    sys.stdin.read()  # to the end of whoever started it


def _append(log: AuditLog, ledger: Ledger, key: str) -> None:
    context = AuditContext(datetime.now(UTC), request_id=key, address="203.0.113.7")
    log.append(SignInRefused("wrong-password", "pwd"), context)
    ledger.write(Told.APPENDED, key)


def _change(engine: Engine, ledger: Ledger) -> None:
    now = datetime.now(UTC)
    person = Person(id=new_id(now), level=1, name_sealed=b"sealed", created_at=now)
    with Session(engine) as session, session.begin():
        session.add(person)
        session.flush()
        event_id = record(session, PersonEnrolled(person.id, 2, "face"), context=AuditContext(now))
    ledger.write(Told.CHANGED, event_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
