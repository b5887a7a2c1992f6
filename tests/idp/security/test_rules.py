"""Pages of rules."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from idp.audit.context import AuditContext
from idp.audit.events.desk import SecurityViewed
from idp.audit.log import record
from idp.audit.spans import Span
from idp.cases.words import Outcome
from idp.security.rules.trials import trial
from idp.security.rules.views import AT_ONCE
from tests.idp.login.visitor import Site, Visitor
from tests.idp.security import desk
from tests.idp.staff_pages.officer import Member, add, sign_in

RULE = "staff-snooping"


@pytest.fixture
def officer(site: Site) -> Member:
    return add(site, "S-1", "security", serial=1)


@pytest.fixture
def at_desk(site: Site, officer: Member) -> Visitor:
    return sign_in(site, officer, target="/security/rules")


def looked_at(site: Site, officer: Member, people: int) -> None:
    """One after another, for no case."""
    with site.services.sessions.begin() as session:
        for number in range(people):
            person = f"0192f0c1-2345-7abc-8def-{number:012x}"
            context = AuditContext(site.clock() - timedelta(seconds=people - number), actor=officer.id)
            record(session, SecurityViewed("person", person_id=person), context=context)


def test_each_rule_says_what_it_looks_for_and_how_it_has_done(
    site: Site, at_desk: Visitor, officer: Member
) -> None:
    found = site.app.extensions["yitong.rules"].by_name
    for rule in found.values():
        assert at_desk.shows(rule.title["en"])
    case_id = desk.open_case(site, officer)
    for number, outcome in enumerate((Outcome.FALSE_ALARM, Outcome.CONFIRMED_ATTACK)):
        alert_id = desk.raise_alert(site, subject=f"198.51.100.{number}")
        desk.add_alert(site, officer, case_id, alert_id)
        desk.close_case(site, officer, case_id, outcome)
        case_id = desk.open_case(site, officer)
    desk.raise_alert(site, subject="203.0.113.9")
    page = at_desk.get("/security/rules")
    assert page.shows("3 alerts")
    assert page.shows("50% of 2 closed")
    page.click(f"rule-{desk.RULE}")
    assert page.shows("False alarm: it did not happen")
    page.click("rule-alerts")
    assert page.shows("203.0.113.9")
    assert page.shows(f"Only: {found[desk.RULE].title['en']}.")


def test_a_rule_is_tried_on_the_log_and_nobody_is_alarmed(
    site: Site, at_desk: Visitor, officer: Member
) -> None:
    looked_at(site, officer, 12)
    page = at_desk.get(f"/security/rules/{RULE}")
    page.submit("try-form", days="1", threshold="12")
    assert page.shows("1 finding")
    assert page.shows("S-1")
    page.submit("try-form", days="1", threshold="13")
    assert page.page.texts["tried-nothing"] == "Nothing."
    assert at_desk.get("/security/alerts").shows("There are none.")
    assert [(event["findings"], event.get("threshold")) for event in site.events("rule_tried")] == [
        (1, None),
        (0, 13),
    ]
    rule = site.app.extensions["yitong.rules"].by_name[RULE]
    assert rule.threshold == 12


def test_an_auditor_may_try(site: Site) -> None:
    page = sign_in(site, add(site, "A-1", "auditor", serial=3), target=f"/security/rules/{RULE}")
    page.submit("try-form", days="7", threshold="1")
    assert page.status == 200


@pytest.mark.parametrize("role", ["operator", "clerk"])
def test_others_may_not(site: Site, role: str) -> None:
    page = sign_in(site, add(site, "O-1", role, serial=3), target="/security/rules")
    assert page.status == 403


@pytest.mark.parametrize("threshold", ["", "0", "1001", "-1", "x", "9" * 5000])
def test_a_threshold_is_a_number_within_bounds(site: Site, at_desk: Visitor, threshold: str) -> None:
    page = at_desk.get(f"/security/rules/{RULE}")
    page.submit("try-form", days="1", threshold=threshold)
    assert page.status == 422
    assert page.shows("A threshold is a number from 1 to 1,000.")
    assert site.events("rule_tried") == []


def test_there_is_no_such_rule_and_no_such_span(at_desk: Visitor) -> None:
    assert at_desk.get("/security/rules/none").status == 404
    page = at_desk.get(f"/security/rules/{RULE}")
    data = {"days": "4000", "threshold": "1", "csrf_token": page.csrf()}
    answer = page.client.post(f"/security/rules/{RULE}", data=data, **page._environment())
    assert answer.status_code == 400


def test_a_trial_ends_when_its_time_is_over_and_says_how_far_it_came(site: Site, officer: Member) -> None:
    looked_at(site, officer, 1200)
    rule = site.app.extensions["yitong.rules"].by_name[RULE]
    described = site.app.extensions["yitong.rules"].described
    ticks = iter(range(100))
    span = Span(datetime(2020, 1, 1, tzinfo=UTC), site.clock() + timedelta(days=1))
    found = trial(
        site.services.engine, rule, span, described.surroundings, seconds=2, clock=lambda: next(ticks)
    )
    assert found.events == 1000
    assert found.reached is not None
    whole = trial(site.services.engine, rule, span, described.surroundings, seconds=2, clock=lambda: 0)
    assert whole.reached is None
    assert whole.events > 1000


def test_what_a_rule_counts_and_what_has_to_hold_is_said_in_words(site: Site, at_desk: Visitor) -> None:
    rules = list(site.app.extensions["yitong.rules"].by_name)
    at_desk.get("/security/rules/password-spraying")
    assert at_desk.shows("25 different: identity numbers that were tried within 1 day")
    for text in (
        "Network of the address",
        "Method: password, SMS code",
        "speaks against it",
        "70%",
        "1 hour",
    ):
        assert at_desk.shows(text), text
    for name in rules:
        page = at_desk.get(f"/security/rules/{name}")
        for code in ("slow_seconds", "tries_each", "least_", "joined_by", "where_not"):
            assert not page.shows(code), (name, code)


def test_attack_trials_that_keep_all_threads_of_a_process_at_work(at_desk: Visitor) -> None:
    at_desk.get(f"/security/rules/{RULE}")
    with ExitStack() as others:
        while AT_ONCE.acquire(blocking=False):
            others.callback(AT_ONCE.release)
        at_desk.submit("try-form", days="7")
        assert at_desk.status == 503
    at_desk.get(f"/security/rules/{RULE}").submit("try-form", days="7")
    assert at_desk.status == 200
