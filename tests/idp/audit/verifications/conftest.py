"""A log that runs of the verification read."""

from typing import Any

from sqlalchemy.orm import Session

from idp.audit.tree.verifying import Outside
from idp.audit.verifications.asking import ask, last_runs
from idp.audit.verifications.models import AuditVerification
from idp.audit.verifications.running import Verifying
from tests.idp.audit.tree.conftest import LOG, Log, log

__all__ = ["log"]
OFFICER = "01890a5d-ac96-774b-bcce-b302099a8057"


def verifying(log: Log, **options: Any) -> Verifying:
    outside = options.pop("outside", None) or log.given_away
    return Verifying(log.engine, log.clock, LOG, outside=outside, **options)


def asked(log: Log, by: str = OFFICER) -> bool:
    with Session(log.engine) as session, session.begin():
        return ask(session, by=by, now=log.clock())


def runs(log: Log) -> list[AuditVerification]:
    with Session(log.engine) as session:
        return list(last_runs(session, 1000))


def nothing_given() -> Outside:
    return Outside(())
