"""Every page of the desk: whoever looks is in the log, whoever only reads changes nothing."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from werkzeug.routing import Rule

from idp.audit.models import AuditEvent
from tests.idp.login.visitor import PERSON, Site, Visitor
from tests.idp.security import desk
from tests.idp.security.timelines.test_timelines import the
from tests.idp.staff_pages.officer import Member, add, sign_in

WHAT_READERS_POST = {
    "security.ask",  # finds
    "security.export",  # takes out
    "security.decide_unmasking",  # is the second officer
    "security.decide_measure",
    "security.try_rule",  # tries on the past, and changes nothing
    "security.verify_now",  # reads the log
}
"""An auditor may be a second officer, and may read in every way that there is."""
LEADS_ON = {
    "security.no_export",
    "security.after_unmasking",
    "security.removed_search",
    "security.verify_page",
    "security.measure_again",
    "security.measure_whom_again",
}
"""A reload of what answered a form: leads to a page."""
STREAMS = {"security.live_stream", "security.integrity_run"}
"""What pages ask for again and again: their pages began with an event of their own."""


@pytest.fixture
def officer(site: Site) -> Member:
    site.visitor().authorize().sign_in(PERSON)
    return add(site, "S-1", "security", serial=11)


def rules(site: Site, method: str) -> Iterator[Rule]:
    for rule in site.app.url_map.iter_rules():
        if rule.rule.startswith("/security") and method in (rule.methods or ()):
            yield rule


def address(site: Site, rule: Rule, known: dict[str, str]) -> str:
    return re.sub(r"<(?:[^:<>]*\([^()]*\):|\w+:)?(\w+)>", lambda found: known[found[1]], rule.rule)


def what_is_there(site: Site, officer: Member) -> dict[str, str]:
    signed_in = the(site, "signed_in")
    assert signed_in.person_id
    rule = "credential-stuffing"
    return {
        "person_id": signed_in.person_id,
        "event_id": signed_in.id,
        "client_id": "hall",
        "device": str(signed_in.device),
        "address": str(signed_in.address),
        "session_id": site.events("signed_in")[0]["session_id"],
        "organisation_id": desk.PERSON,
        "alert_id": desk.raise_alert(site, rule=rule),
        "case_id": desk.open_case(site, officer),
        "name": rule,
        "ask_id": desk.PERSON,
        "measure_id": desk.PERSON,
        "search_id": desk.PERSON,
        "watch": "unknown",
        "_deed": "undo",
    }


def count(site: Site, actor: str) -> int:
    with site.services.sessions() as session:
        query = select(func.count()).select_from(AuditEvent).where(AuditEvent.actor == actor)
        return session.scalar(query) or 0


def test_whoever_looks_at_a_page_is_in_the_log(site: Site, officer: Member) -> None:
    known = what_is_there(site, officer)
    at_desk = sign_in(site, officer, target="/security/search")
    silent, seen = [], 0
    for rule in rules(site, "GET"):
        if rule.endpoint in STREAMS:
            continue
        before = count(site, officer.id)
        response = look(at_desk, address(site, rule, known))
        if rule.endpoint in LEADS_ON:
            assert response == 303, rule.rule
            continue
        assert response in {200, 404}, (rule.rule, response)
        seen += response == 200
        if response == 200 and count(site, officer.id) == before:
            silent.append(rule.rule)
    assert silent == []
    assert seen >= 20


def look(visitor: Visitor, path: str) -> int:
    """Without going on where it leads."""
    return visitor.client.get(path, **visitor._environment()).status_code


def test_attack_an_auditor_posts_what_changes_something(site: Site, officer: Member) -> None:
    known = what_is_there(site, officer)
    auditor = sign_in(site, add(site, "A-1", "auditor", serial=12), target="/security/search")
    for rule in rules(site, "POST"):
        auditor.get("/security/search").submit("search-form", url=address(site, rule, known))
        if rule.endpoint in WHAT_READERS_POST:
            assert auditor.status != 403 or rule.endpoint.startswith("security.decide"), rule.rule
        else:
            assert auditor.status == 403, rule.rule


def test_attack_a_clerk_and_an_operator_look_at_people(site: Site, officer: Member) -> None:
    known = what_is_there(site, officer)
    may_see = {"security.overview", "security.integrity", "security.integrity_run", "security.verify_page"}
    for number, role in enumerate(("clerk", "operator"), 20):
        visitor = sign_in(site, add(site, f"C-{number}", role, serial=number), target="/staff")
        for rule in rules(site, "GET"):
            status = look(visitor, address(site, rule, known))
            if role == "operator" and rule.endpoint in may_see:
                assert status in {200, 303}, rule.rule
            elif rule.endpoint not in LEADS_ON | STREAMS:
                assert status in {403, 404}, (role, rule.rule, status)


def test_nobody_who_is_not_signed_in_sees_anything(site: Site, officer: Member) -> None:
    known = what_is_there(site, officer)
    stranger = Visitor(site)
    for rule in rules(site, "GET"):
        status = look(stranger, address(site, rule, known))
        assert status in {303, 204}, (rule.rule, status)


def test_no_number_of_a_person_is_in_what_is_logged(
    site: Site, officer: Member, caplog: pytest.LogCaptureFixture
) -> None:
    at_desk = sign_in(site, officer, target="/security/search")
    at_desk.submit("search-form", number=PERSON.number)
    at_desk.get("/security/search").submit("search-form", client=PERSON.number)
    at_desk.get(f"/security/clients/{PERSON.number}")
    with site.services.engine.connect() as connection:
        rows = connection.execute(select(AuditEvent.__table__)).all()
    assert all(PERSON.number not in str(row) for row in rows)
    assert PERSON.number not in caplog.text
