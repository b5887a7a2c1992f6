"""Of clients and staff: each rule fires on what it is for, and not on what its note calls harmless."""

from typing import Any

import pytest

from tests.idp.detection.conftest import SHIPPED
from tests.idp.detection.happening import ATTACKER, Log, found

COUNTED: dict[str, tuple[str, dict[str, Any]]] = {
    "user-code-guessing": ("user_code_refused", {"address": ATTACKER, "seconds": 0}),
    "client-redirect-probing": (
        "authorization_refused",
        {"client_id": "client", "address": ATTACKER, "error": "invalid_request", "detail": "redirect_uri"},
    ),
    "client-code-replay": ("code_replayed", {"client_id": "client", "grant_id": "g"}),
    "client-scope-probing": (
        "token_refused",
        {"client_id": "client", "address": ATTACKER, "error": "invalid_scope", "detail": "ABCD-EFGH"},
    ),
    "client-guessing": (
        "token_refused",
        {"address": ATTACKER, "error": "invalid_client", "detail": "ABCD-EFGH"},
    ),
    "refresh-token-reuse": (
        "grant_ended",
        {"client_id": "client", "grant_id": "g", "reason": "refresh-token-reused"},
    ),
    "unmasked-without-case": ("person_unmasked", {"actor": "staff", "person_id": "p", "reason": "call"}),
    "clerk-searching": ("window_person_refused", {"staff_id": "staff", "reason": "unknown"}),
}
SUBJECTS = {"address": ATTACKER, "client": "client", "staff": "staff"}


@pytest.mark.parametrize("name", COUNTED)
def test_what_is_counted(name: str) -> None:
    rule = SHIPPED[name]
    event, fields = COUNTED[name]
    log = Log()
    for _ in range(rule.threshold):
        log.says(event, after=rule.window_seconds / rule.threshold / 2, **fields)
    (finding,) = found(name, log.events)
    assert (finding.subject, finding.count) == (SUBJECTS[rule.subject_kind], rule.threshold)
    assert finding.severity == rule.severity
    assert not found(name, log.events[:-1])


HARMLESS = {
    "client-redirect-probing": {"detail": "ABCD-EFGH"},
    "client-scope-probing": {"error": "invalid_grant"},
    "client-guessing": {"error": "invalid_request"},
    "refresh-token-reuse": {"reason": "revoked-by-client"},
    "unmasked-without-case": {"case_id": "case"},
    "clerk-searching": {"reason": "frozen"},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_looks_the_same_and_is_another_thing(name: str) -> None:
    event, fields = COUNTED[name]
    log = Log()
    for _ in range(100):
        log.says(event, after=1, **{**fields, **HARMLESS[name]})
    assert not found(name, log.events)


@pytest.mark.parametrize("name", [name for name in COUNTED if SHIPPED[name].threshold > 1])
def test_what_comes_seldom_is_not_counted_together(name: str) -> None:
    rule = SHIPPED[name]
    event, fields = COUNTED[name]
    log = Log()
    for _ in range(100):
        longest = rule.limits[-1]
        log.says(event, after=longest.window_seconds / (longest.threshold - 1) + 1, **fields)
    assert not found(name, log.events)


SLOWER = [name for name in COUNTED if SHIPPED[name].slower is not None]


@pytest.mark.parametrize("name", SLOWER)
def test_who_is_slower_meets_the_longer_limit_once(name: str) -> None:
    """And the two limits together make one finding of it."""
    short, longer = SHIPPED[name].limits
    event, fields = COUNTED[name]
    log = Log()
    for _ in range(longer.threshold):
        log.says(event, after=longer.window_seconds / longer.threshold - 1, **fields)
    (finding,) = found(name, log.events)
    assert finding.count == longer.threshold
    quickly = Log()
    for _ in range(longer.threshold):
        quickly.says(event, after=1, **fields)
    findings = found(name, quickly.events)
    assert [finding.count for finding in findings] == [short.threshold] * (
        longer.threshold // short.threshold
    )


def test_a_release_with_a_mistake_is_no_probing() -> None:
    """It fails in the browsers of all users, once or twice each."""
    log = Log()
    for number in range(200):
        where = {"client_id": "client", "address": f"203.0.113.{number % 100}"}
        log.says("authorization_refused", after=5, error="invalid_request", detail="redirect_uri", **where)
        log.says("authorization_refused", after=5, error="invalid_scope", detail="ABCD-EFGH", **where)
    assert not found("client-redirect-probing", log.events)
    assert not found("client-scope-probing", log.events)


def test_a_client_whose_keys_changed_guesses_nothing() -> None:
    log = Log()
    for _ in range(30):
        log.says("token_issued", after=600, address=ATTACKER, client_id="client")
    for _ in range(30):
        log.says("token_refused", after=30, address=ATTACKER, error="invalid_client", detail="ABCD-EFGH")
    assert not found("client-guessing", log.events)


def views(count: int, case_id: str | None = None) -> Log:
    log = Log()
    for number in range(count):
        said = {} if case_id is None else {"case_id": case_id}
        log.says(
            "security_viewed", after=60, actor="staff", page="person", person_id=f"person-{number}", **said
        )
    return log


def test_staff_snooping() -> None:
    limit = SHIPPED["staff-snooping"].threshold
    (finding,) = found("staff-snooping", views(limit).events)
    assert (finding.subject_kind, finding.subject) == ("staff", "staff")
    assert not found("staff-snooping", views(limit - 1).events)
    assert not found("staff-snooping", views(100, "case").events)


@pytest.mark.parametrize("name", ["audit_searched", "tail_opened", "audit_export_started"])
def test_attack_people_are_looked_at_by_searches_alone(name: str) -> None:
    """By watches and exports as well: none of them is a page of a person."""
    limit = SHIPPED["staff-snooping"].threshold
    log = Log()
    for number in range(limit):
        log.says(name, after=60, actor="staff", criteria=["person"], person_id=f"person-{number}")
    (finding,) = found("staff-snooping", log.events)
    assert finding.subject == "staff"


def test_one_person_looked_at_again_and_again_is_no_snooping() -> None:
    log = Log()
    for _ in range(100):
        log.says("security_viewed", after=10, actor="staff", page="person", person_id="person")
        log.says("security_viewed", after=10, actor="staff", page="overview")
    assert not found("staff-snooping", log.events)


def test_licences_of_one_issuer() -> None:
    limit = SHIPPED["licences-failing-by-issuer"].threshold
    log = Log()
    for number in range(limit):
        said = {"issuer": "issuer", "licence": f"licence-{number}", "carrier": "app"}
        log.says("licence_refused", after=60, rule="signatures", **said)
    (finding,) = found("licences-failing-by-issuer", log.events)
    assert (finding.subject_kind, finding.subject) == ("issuer", "issuer")
    assert not found("licences-failing-by-issuer", log.events[:-1])


def test_one_business_that_tries_again_is_no_failing_issuer() -> None:
    log = Log()
    for number in range(100):
        said = {"issuer": "issuer", "licence": "licence", "carrier": "app"}
        log.says("licence_refused", after=10, rule="validity", **said)
        log.says("licence_refused", after=10, rule="holder", **{**said, "licence": f"licence-{number}"})
    assert not found("licences-failing-by-issuer", log.events)
