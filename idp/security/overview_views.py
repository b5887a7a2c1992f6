"""The first page of the desk: how it goes, now against before; read from counts, never from the log."""

from collections.abc import Iterable

from flask import Response, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.audit.statistics.counting import OTHER
from idp.audit.statistics.reading import RANGES, busiest_clients, overview
from idp.audit.tree.status import integrity
from idp.audit.verifications.asking import last_finished
from idp.cases.models import Case
from idp.cases.reading import LIVING
from idp.detection.findings import Severity
from idp.detection.models import Alert, AlertStatus
from idp.extensions import services
from idp.locales import gettext as _
from idp.login.reading import reading
from idp.oidc.clients.models import ClientRecord
from idp.security import integrity_words
from idp.security.figures import compared_words, number, range_words
from idp.security.overview import charts, clients, figures, tables
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
        names = _names(session, (one.client_id for one in busiest))
        alerts, cases = _open_alerts(session), _open_cases(session)
    viewed("overview", subject=wanted.name)
    may_open = staff.has(*READERS)
    return security_page(
        "security/overview.html",
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
        cases=number(cases),
        may_open=may_open,
        integrity=integrity_words.summary(state, last, now, audit.head_seconds),
    )


def _timeline(client_id: str) -> str:
    return url_for("security.client_page", client_id=client_id, case=request.args.get(CASE))


def _names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Of clients that are registered still."""
    wanted = [one for one in ids if one != OTHER]
    rows = session.execute(
        select(ClientRecord.client_id, ClientRecord.metadata_json).where(ClientRecord.client_id.in_(wanted))
    )
    return {row.client_id: str(row.metadata_json.get("client_name") or row.client_id) for row in rows}


def _open_alerts(session: Session) -> list[dict[str, str]]:
    """The gravest first."""
    counted = (
        select(Alert.severity, func.count().label("found"))
        .where(Alert.status == AlertStatus.OPEN.value)
        .group_by(Alert.severity)
    )
    there: dict[str, int] = {row.severity: row.found for row in session.execute(counted)}
    words = {"critical": _("critical"), "high": _("high"), "medium": _("medium"), "low": _("low")}
    return [
        {"severity": one.value, "words": words.get(one.value, one.value), "count": number(there[one.value])}
        for one in reversed(list(Severity))
        if there.get(one.value)
    ]


def _open_cases(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Case).where(Case.status.in_(LIVING))) or 0
