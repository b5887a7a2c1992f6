"""Each rule fires on what it is for, not one below its threshold, and not on what its note calls harmless."""

from ipaddress import ip_network
from itertools import cycle
from typing import Any

import pytest

from idp.detection.addresses import Addresses
from idp.detection.watching import Surroundings
from tests.idp.detection.conftest import SHIPPED
from tests.idp.detection.happening import ATTACKER, HOME, Log, found

SCORES = [0.9714, 0.8812, 0.3107, 0.9932]


def refusals(count: int, *reasons: str, after: float = 60, **fields: str) -> Log:
    log, turn = Log(), cycle(reasons)
    for _ in range(count):
        log.says("face_refused", after=after, reason=next(turn), **{"device": "browser", **fields})
    return log


def test_liveness_hammering() -> None:
    limit = SHIPPED["liveness-hammering"].threshold
    log = refusals(limit, "antispoof", "flat", "match")
    (finding,) = found("liveness-hammering", log.events)
    assert (finding.subject, finding.count) == ("browser", limit)
    assert not found("liveness-hammering", log.events[:-1])


def test_bad_light_or_a_try_a_day_hammers_nothing() -> None:
    light = refusals(60, "quality", "too_slow", "wrong_order", "one_face")
    assert not found("liveness-hammering", light.events)
    assert not found("liveness-hammering", refusals(30, "match", after=86400).events)


def test_liveness_hammering_of_an_account_from_many_devices() -> None:
    limit = SHIPPED["liveness-hammering-account"].threshold
    log = Log()
    for number in range(limit):
        log.says("face_refused", after=600, reason="match", person_id="person", device=f"browser-{number}")
    (finding,) = found("liveness-hammering-account", log.events)
    assert (finding.subject_kind, finding.subject) == ("person", "person")
    assert not found("liveness-hammering-account", log.events[:-1])


def test_a_bad_camera_hammers_no_account() -> None:
    log = refusals(50, "quality", "too_slow", "incomplete", person_id="person")
    assert not found("liveness-hammering-account", log.events)


def test_frames_in_a_loop() -> None:
    log = refusals(2, "frames_repeated", after=3600)
    assert [finding.subject for finding in found("replayed-frames", log.events)] == ["browser"]
    assert not found("replayed-frames", log.events[:1])
    assert not found("replayed-frames", refusals(9, "frames_too_few", "quality").events)


def test_the_same_scores_once_more() -> None:
    """On another device, days later, whether it came through or not."""
    log = Log()
    log.says("face_refused", reason="match", device="first", scores=SCORES)
    log.says("face_checked", after=3 * 86400, device="second", scores=SCORES)
    (finding,) = found("replayed-check", log.events)
    assert (finding.subject, finding.event_ids) == ("second", ("event-1", "event-2"))
    assert not found("replayed-check", log.events[:1])


def test_each_further_use_of_a_recording_is_found() -> None:
    log = Log()
    for number in range(4):
        log.says("face_checked", after=60, device=f"device-{number}", scores=SCORES)
    subjects = [finding.subject for finding in found("replayed-check", log.events)]
    assert subjects == ["device-1", "device-2", "device-3"]


def test_scores_that_anybody_has_are_no_replay() -> None:
    log = Log()
    for scores in ([], [1, 1, 0.0, 1.0], [1, 0.5, 0.5, 0]):
        for _ in range(3):
            log.says("face_refused", after=60, reason="quality", device="browser", scores=scores)
    log.says("face_checked", device="browser", scores=SCORES)
    log.says("face_checked", device="browser", scores=[*SCORES[:3], 0.9931])
    assert not found("replayed-check", log.events)


def test_signs_of_a_virtual_camera() -> None:
    limit = SHIPPED["virtual-camera"].threshold
    log = refusals(limit, "frames_time", "frames_size", "flash", after=3600)
    assert len(found("virtual-camera", log.events)) == 1
    assert not found("virtual-camera", log.events[:-1])
    assert not found("virtual-camera", refusals(30, "quality", "antispoof").events)
    sunlight = refusals(5, "flash", after=86400)  # once a day
    assert not found("virtual-camera", sunlight.events)


def test_photos_and_screens() -> None:
    limit = SHIPPED["presentation-attack"].threshold
    log = refusals(limit, "flat", "antispoof", "other_face")
    assert len(found("presentation-attack", log.events)) == 1
    assert not found("presentation-attack", log.events[:-1])
    assert not found("presentation-attack", refusals(30, "quality", "one_face").events)


def relayed(count: int, *, asked_from: str = ATTACKER, way: str = "device") -> Log:
    log = Log()
    for number in range(count):
        grant = f"grant-{number}"
        log.says("authorization_requested", after=60, address=asked_from, client_id="tv", grant_id=grant)
        log.says(
            "authorization_approved",
            after=60,
            address=f"198.51.{100 + number}.7",
            client_id="tv",
            person_id=f"person-{number}",
            grant_id=grant,
            way=way,
        )
    return log


def test_consent_phishing() -> None:
    limit = SHIPPED["consent-phishing"].threshold
    (finding,) = found("consent-phishing", relayed(limit).events)
    assert (finding.subject_kind, finding.subject) == ("address", "203.0.113.0/24")
    assert finding.facts == {"values": limit, "asked_from": "203.0.113.0/24"}
    assert not found("consent-phishing", relayed(limit - 1).events)


def test_a_household_approves_its_television() -> None:
    log = Log()
    for number in range(50):
        grant, person = f"grant-{number}", f"person-{number % 2}"
        log.says("authorization_requested", after=60, address=HOME, client_id="tv", grant_id=grant)
        where = HOME if number % 3 else "203.0.113.77"  # now and then by the mobile network
        says = {"client_id": "tv", "person_id": person, "grant_id": grant, "way": "device"}
        log.says("authorization_approved", after=60, address=where, **says)
    assert not found("consent-phishing", log.events)


def test_a_service_whose_server_asks_can_be_named() -> None:
    servers = Surroundings(addresses=Addresses((ip_network("203.0.113.0/28"),)))
    assert not found("consent-phishing", relayed(20).events, servers)


def test_an_approval_of_which_nobody_saw_the_asking_says_nothing() -> None:
    log = relayed(20)
    assert not found("consent-phishing", [one for one in log.events if one.name == "authorization_approved"])


def scans(count: int, network: str) -> Log:
    log = Log()
    for number in range(count):
        said = {"carrier": "app", "nearness": network, "organisation_id": f"organisation-{number}"}
        log.says("licence_accepted", after=600, address=ATTACKER, person_id=f"person-{number}", **said)
    return log


def test_licences_that_were_scanned_elsewhere() -> None:
    limit = SHIPPED["licence-relay"].threshold
    assert [finding.subject for finding in found("licence-relay", scans(limit, "other").events)] == [ATTACKER]
    assert not found("licence-relay", scans(limit - 1, "other").events)
    assert not found("licence-relay", scans(100, "same").events)


def test_an_office_that_keeps_books_is_no_relay() -> None:
    """Most have lent it their keys; some confirm from elsewhere."""
    log = Log()
    for number in range(30):
        said = {"organisation_id": f"organisation-{number}", "person_id": f"person-{number}"}
        how = {"carrier": "app", "nearness": "other"} if number % 3 == 0 else {"carrier": "usb_key"}
        log.says("licence_accepted", after=600, address=ATTACKER, **said, **how)
    assert not found("licence-relay", log.events)


def test_requests_that_people_say_were_not_theirs() -> None:
    log = Log()
    log.says("backchannel_reported", after=600, client_id="client", person_id="a")
    log.says("licence_request_refused", after=600, client_id="client", reason="declined")
    log.says("licence_request_refused", after=600, client_id="client", reason="not_mine")
    assert not found("requests-not-theirs", log.events)
    log.says("backchannel_reported", after=600, client_id="client", person_id="b")
    assert [finding.subject for finding in found("requests-not-theirs", log.events)] == ["client"]


def test_single_reports_over_weeks_are_no_alarm() -> None:
    log = Log()
    for _ in range(20):
        log.says("backchannel_reported", after=86400, client_id="client", person_id="a")
    assert not found("requests-not-theirs", log.events)


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
