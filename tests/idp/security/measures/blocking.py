"""Blocking without a page."""

from datetime import timedelta

from idp.audit.context import AuditContext
from idp.measures.kinds import Kind, Reason, SubjectKind
from idp.measures.opening import KEY
from idp.measures.taking import Measures, Wanted
from idp.storage.base import new_id
from tests.idp.login.visitor import Site


def block(site: Site, network: str, hours: int = 1) -> str:
    measures: Measures = site.app.extensions[KEY]
    now = site.clock()
    wanted = Wanted(
        *(new_id(now), Kind.BLOCK, SubjectKind.ADDRESS, network, Reason.ATTACK), lasts=timedelta(hours=hours)
    )
    return measures.take(wanted, by="officer", context=AuditContext(now, address="198.51.100.7"))
