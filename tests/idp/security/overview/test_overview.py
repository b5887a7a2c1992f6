"""The first page of the desk: figures, changes in words, a table for each chart; for whom, at what cost."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import insert, select

from idp.audit.models import AuditEvent
from idp.audit.statistics.counting import CLIENTS, MOST, Kind, day_of, hour_of
from idp.audit.statistics.models import AuditCount
from idp.security.figures import change
from tests.counting import Counting
from tests.idp.login.visitor import Site, Visitor
from tests.idp.security.desk_counts import count, fill, write
from tests.idp.staff_pages import officer

HOUR = timedelta(hours=1)
MOST_STATEMENTS = 21
"""Who is there, the counts of both times, the clients, the proof's steps, alerts and cases; and the event."""


def desk(site: Site, *roles: str) -> Visitor:
    member = officer.add(site, "S-1", *(roles or ("security",)))
    return officer.sign_in(site, member, target="/security")


def part(visitor: Visitor, name: str) -> str:
    """The words of the part of the page that has this id."""
    match = re.search(rf'<(\w+)[^>]* id="{name}".*?</\1>', visitor.body, re.DOTALL)
    assert match, name
    return " ".join(re.sub(r"<[^>]+>", " ", match.group()).split())


def test_an_empty_log_shows_an_empty_page(site: Site) -> None:
    visitor = desk(site)
    assert visitor.path == "/security"
    assert part(visitor, "figure-sign-ins") == "Sign-ins 0 as many as then"
    assert "None in this time." in part(visitor, "failures")


@pytest.mark.parametrize(
    ("name", "sign_ins", "failures"),
    [("24h", 105, 77), ("nonsense", 105, 77), ("7d", 135, 82), ("30d", 180, 89)],
)
def test_each_range_shows_what_happened_in_it(site: Site, name: str, sign_ins: int, failures: int) -> None:
    fill(site)
    visitor = desk(site)
    visitor.get(f"/security?range={name}")
    assert f" {sign_ins} " in part(visitor, "figure-sign-ins")
    assert f" {failures} " in part(visitor, "figure-failures")


def test_a_change_is_told_in_words_and_what_is_worth_a_look_says_so(site: Site) -> None:
    fill(site)
    visitor = desk(site)
    visitor.get("/security")
    assert "133% more than then" in part(visitor, "figure-sign-ins")
    assert "Worth a look:" in part(visitor, "figure-failures")
    assert "Worth a look:" not in part(visitor, "figure-sign-ins")


def test_reasons_and_gates_are_words(site: Site) -> None:
    fill(site)
    visitor = desk(site)
    visitor.get("/security")
    assert "password: not right" in part(visitor, "failures")
    assert "a replay is suspected" in part(visitor, "gates")


def test_each_chart_is_a_table_that_says_all_of_it(site: Site) -> None:
    fill(site)
    visitor = desk(site)
    visitor.get("/security?range=7d")
    chart = re.search(r'id="chart-sign-ins".*?</section>', visitor.body, re.DOTALL)
    assert chart
    table = chart.group()
    assert table.count('scope="row"') == 28
    assert len(re.findall(r'scope="col"', table)) == 5
    assert "<caption>" in table
    rows = re.findall(r'data-at="(\d+)">[^<]*</th>((?:<td class="count">\d+</td>)+)', table)
    columns = [[int(one) for one in re.findall(r">(\d+)<", cells)] for _, cells in rows]
    assert sum(row[0] for row in columns) == 135
    assert {int(b[0]) - int(a[0]) for a, b in pairwise(rows)} == {6 * 3600}


def test_a_client_leads_to_its_timeline(site: Site) -> None:
    fill(site)
    visitor = desk(site)
    visitor.get("/security")
    assert "City Service Hall" in part(visitor, "clients")
    links = re.findall(r'href="(/security/clients/[^"]+)"', visitor.body)
    assert links == ["/security/clients/hall", "/security/clients/gone"]
    assert visitor.click("client-1").status == 200


def test_what_began_this_hour_is_not_called_as_many_as_then(site: Site) -> None:
    write(site, "sign_in_refused", timedelta(), method="password", reason="wrong")
    count(site)
    visitor = desk(site)
    visitor.get("/security")
    assert part(visitor, "figure-failures") == "Sign-ins that failed 1 only just now"


def test_an_operator_sees_figures_and_is_led_to_nobody(site: Site) -> None:
    fill(site)
    visitor = desk(site, "operator")
    visitor.get("/security")
    assert visitor.status == 200
    assert "/security/clients/" not in visitor.body
    assert 'href="/security/alerts"' not in visitor.body


def test_a_clerk_sees_nothing(site: Site) -> None:
    member = officer.add(site, "C-1", "clerk")
    visitor = officer.sign_in(site, member)
    visitor.get("/security")
    assert visitor.status == 403


def test_a_view_is_an_event(site: Site) -> None:
    desk(site, "auditor")
    with site.services.sessions() as session:
        rows = session.execute(
            select(AuditEvent.actor, AuditEvent.payload).where(AuditEvent.name == "security_viewed")
        )
        ((actor, payload),) = rows.all()
    assert actor is not None
    assert '"page":"overview"' in payload


def test_what_was_counted_last_is_said(site: Site) -> None:
    visitor = desk(site)
    assert "Nothing is counted yet." in part(visitor, "counted")
    write(site, "signed_out", HOUR)
    count(site)
    visitor.get("/security")
    assert "Counted up to" in part(visitor, "counted")


@pytest.fixture
def crowded(site: Site) -> Site:
    """As many values as there can be in each hour of the longest time."""
    now = hour_of(site.clock())
    hours = [(1, hour) for hour in range(now - 24 * 14, now + 1)]
    hours += [(24, day) for day in range(day_of(now) - 24 * 65, day_of(now) + 1, 24)]
    values = {kind: (MOST[kind] if kind in CLIENTS else 12) for kind in Kind}
    rows = [
        {"kind": str(kind), "grain": grain, "hour": hour, "value": f"value-{number}", "count": 7}
        for grain, hour in hours
        for kind, most in values.items()
        for number in range(most)
    ]
    with site.services.engine.begin() as connection:
        connection.execute(insert(AuditCount), rows)
    return site


@pytest.mark.parametrize("name", ["24h", "7d", "30d"])
def test_it_costs_the_same_whatever_the_log_holds(crowded: Site, name: str) -> None:
    visitor = desk(crowded)
    visitor.get(f"/security?range={name}")
    counting = Counting(crowded.app)
    visitor.get(f"/security?range={name}")
    (cost,) = counting.costs
    reads = [one for one in cost.statements if one.startswith("SELECT")]
    assert len(cost.statements) <= MOST_STATEMENTS, cost.statements
    assert len(reads) == len(set(reads))
    # Of the log itself: the first row that is not folded, the oldest one, and the row under no head.
    assert sum("FROM audit_events" in one for one in reads) <= 3


def test_what_has_stopped_says_how_many_there_were() -> None:
    assert change(0, 1500, 0) == "then there were 1,500"
    assert change(0, 0, 0) == "as many as then"
