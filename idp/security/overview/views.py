"""The first page of the desk: how it goes, now against before; read from counts, never from the log."""

from flask import Response, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.audit.statistics.counting import OTHER
from idp.audit.statistics.reading import RANGES, busiest_clients, overview
from idp.audit.tree.status import integrity
from idp.audit.verifications.asking import last_finished
from idp.cases.models import Case
from idp.cases.reading import LIVING
from idp.extensions import reading, services
from idp.security.client_names import names_of
from idp.security.figures import compared_words, number, range_words
from idp.security.integrity import words as integrity_words
from idp.security.overview import gravest
from idp.security.overview.charts import charts, clients, figures, tables
from idp.security.present import READERS, WATCHERS, desk, security_page
from idp.security.room import blueprint
from idp.security.viewed import viewed
from idp.security.work import CASE

CLIENTS_SHOWN = 10
FIRST = "24h"


@blueprint.get("", endpoint="overview")
def overview_page() -> Response:
    staff = desk(*WATCHERS)
    found, now = services(), services().clock()
    wanted = RANGES.get(request.args.get("range", FIRST), RANGES[FIRST])
    counts = overview(found.engine, wanted, now)
    busiest = busiest_clients(found.engine, wanted, now, CLIENTS_SHOWN)
    audit = found.settings.audit
    state = integrity(found.engine, audit.anchors)
    with reading() as session:
        last = last_finished(session)
        names = names_of(session, (one.client_id for one in busiest if one.client_id != OTHER))
        alerts, cases = gravest.counts(session, request.args.get(CASE)), _open_cases(session)
        first = gravest.first(session) if staff.has(*READERS) else []
    viewed("overview", subject=wanted.name)
    may_open = staff.has(*READERS)
    return security_page(
        "security/overview/overview.html",
        staff,
        ranges=[
            {
                "id": name,
                "words": range_words(name),
                "url": url_for("security.overview", range=name, case=request.args.get(CASE)),
                "current": name == wanted.name,
            }
            for name in RANGES
        ],
        range_name=range_words(wanted.name),
        compared=compared_words(wanted),
        counted_to=counts.counted_to,
        figures=figures(counts),
        charts=charts(counts),
        tables=tables(counts),
        clients=clients(busiest, names, _timeline if may_open else None),
        open_alerts=alerts,
        first_alerts=first,
        cases=number(cases),
        may_open=may_open,
        integrity=integrity_words.summary(state, last, now, audit.head_seconds),
    )


def _timeline(client_id: str) -> str:
    return url_for("security.client_page", client_id=client_id, case=request.args.get(CASE))


def _open_cases(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Case).where(Case.status.in_(LIVING))) or 0
