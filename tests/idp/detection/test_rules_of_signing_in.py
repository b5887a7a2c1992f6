"""Each rule fires on what it is for, not one below its threshold, and not on what its note calls harmless."""

from datetime import timedelta
from ipaddress import ip_network

import pytest

from idp.detection.addresses import Addresses
from idp.detection.watching import Surroundings
from tests.idp.detection.conftest import SHIPPED
from tests.idp.detection.happening import ABROAD, ATTACKER, HOME, PLACES, Log, found

CAMPUS = Surroundings(addresses=Addresses((ip_network("203.0.113.0/24"),)))
TERMINAL = Surroundings(shared_devices=frozenset({"terminal"}))


def refused(log: Log, number: int, *, after: float = 1, **fields: str) -> None:
    who = {"address": ATTACKER, "device": "browser", "method": "password", "reason": "wrong"}
    log.says("sign_in_refused", after=after, **{**who, "tried": f"number-{number}", **fields})


def tries(count: int, *, after: float = 1, **fields: str) -> Log:
    log = Log()
    for number in range(count):
        refused(log, number, after=after, **fields)
    return log


def test_credential_stuffing() -> None:
    limit = SHIPPED["credential-stuffing"].threshold
    (finding,) = found("credential-stuffing", tries(limit).events)
    assert (finding.subject_kind, finding.subject, finding.count) == ("address", ATTACKER, limit)
    assert finding.facts == {"values": limit, "against": 0}
    assert finding.event_ids[-1] == f"event-{limit}"
    assert not found("credential-stuffing", tries(limit - 1).events)


def test_credential_stuffing_goes_on_while_it_is_told_to_wait() -> None:
    log = tries(3)
    for number in range(3, SHIPPED["credential-stuffing"].threshold):
        log.says(
            "sign_in_delayed",
            after=1,
            address=ATTACKER,
            method="password",
            seconds=60,
            tried=f"number-{number}",
        )
    assert len(found("credential-stuffing", log.events)) == 1


def test_one_number_tried_again_and_again_is_no_stuffing() -> None:
    log = Log()
    for _ in range(200):
        refused(log, 1)
    assert not found("credential-stuffing", log.events)


def test_a_school_on_the_day_of_a_deadline_is_no_stuffing() -> None:
    """Many mistype, and most get in."""
    log = Log()
    for number in range(60):
        refused(log, number, device=f"browser-{number}")
        log.says("signed_in", after=1, address=ATTACKER, person_id=f"person-{number}")
    assert not found("credential-stuffing", log.events)
    assert not found("many-numbers-one-address", log.events)
    assert not found("password-spraying", log.events)


def test_a_gateway_that_the_operator_knows_is_no_stuffing() -> None:
    assert not found("credential-stuffing", tries(100).events, CAMPUS)


def test_stuffing_slower_than_the_window_is_for_another_rule() -> None:
    log = tries(60, after=300)
    assert not found("credential-stuffing", log.events)
    assert len(found("many-numbers-one-address", log.events)) == 1


def test_stuffing_from_everywhere() -> None:
    """No address stands out, and most of what comes to one client fails."""
    limit = SHIPPED["stuffing-from-everywhere"].threshold
    log = Log()
    for number in range(limit):
        refused(log, number, after=20, address=f"203.0.{number}.9", client_id="hall")
        if not number % 10:
            log.says("signed_in", after=1, client_id="hall", person_id=f"person-{number}")
    (finding,) = found("stuffing-from-everywhere", log.events)
    assert (finding.subject_kind, finding.subject) == ("client", "hall")
    assert not found("credential-stuffing", log.events)
    assert not found("stuffing-from-everywhere", log.events[:-2])


def test_a_class_that_forgot_its_passwords_is_no_stuffing_from_everywhere() -> None:
    log = Log()
    for number in range(80):
        refused(log, number, after=5, client_id="hall")
        if number % 3:
            log.says("signed_in", after=5, client_id="hall", person_id=f"person-{number}")
    assert not found("stuffing-from-everywhere", log.events)


def test_password_spraying() -> None:
    """From neighbouring addresses, three tries an account at most, over hours."""
    limit = SHIPPED["password-spraying"].threshold
    log = Log()
    for number in range(limit - 1):
        for _ in range(2):
            refused(log, number, after=150, address=f"203.0.113.{number}")
    assert not found("password-spraying", log.events)
    refused(log, limit, after=150)
    (finding,) = found("password-spraying", log.events)
    assert finding.subject == "203.0.113.0/24"


def test_what_is_quick_is_no_spraying() -> None:
    assert not found("password-spraying", tries(100).events)


def test_people_who_forgot_their_passwords_are_no_spraying() -> None:
    log = Log()
    for number in range(100):
        refused(log, number % 10, after=300)
    assert not found("password-spraying", log.events)


def test_many_numbers_in_one_browser() -> None:
    limit = SHIPPED["many-numbers-one-device"].threshold
    log = Log()
    for number in range(limit):
        refused(log, number, after=600, address=f"203.0.{number}.1")
    (finding,) = found("many-numbers-one-device", log.events)
    assert (finding.subject_kind, finding.subject) == ("device", "browser")
    assert not found("many-numbers-one-device", log.events[:-1])


def test_a_terminal_where_most_get_in_is_no_guesser() -> None:
    log = Log()
    for number in range(50):
        refused(log, number, after=60, device="terminal")
        for who in (2 * number, 2 * number + 1):
            log.says("signed_in", after=60, device="terminal", person_id=f"person-{who}")
    assert not found("many-numbers-one-device", log.events)
    assert found("one-device-many-people", log.events)
    assert not found("one-device-many-people", log.events, TERMINAL)


def test_a_public_computer_that_people_sign_out_of_is_nobodys_farm() -> None:
    log = Log()
    for number in range(50):
        log.says("signed_in", after=1200, device="browser", person_id=f"person-{number}")
        if number % 5:
            log.says("signed_out", after=600, device="browser", person_id=f"person-{number}", reason="asked")
    assert not found("one-device-many-people", log.events)


def claims(count: int, *, enrolled: int = 0) -> Log:
    log = Log()
    for number in range(count):
        log.says("enrolment_refused", after=600, address=ATTACKER, reason="name_differs")
        if number < enrolled:
            log.says("person_enrolled", after=60, address=ATTACKER, person_id=f"person-{number}")
    return log


def test_accounts_claimed_and_not_proved() -> None:
    limit = SHIPPED["enrolment-probing"].threshold
    assert [finding.subject for finding in found("enrolment-probing", claims(limit).events)] == [ATTACKER]
    assert not found("enrolment-probing", claims(limit - 1).events)


def test_a_service_hall_where_accounts_are_opened_claims_nothing() -> None:
    assert not found("enrolment-probing", claims(40, enrolled=40).events)


def test_one_browser_of_many_people() -> None:
    limit = SHIPPED["one-device-many-people"].threshold
    log = Log()
    for number in range(limit):
        for _ in range(3):  # a family signs in again and again
            log.says("signed_in", after=600, device="browser", person_id=f"person-{number}")
    (finding,) = found("one-device-many-people", log.events)
    assert finding.facts == {"values": limit, "against": 0}
    assert not found("one-device-many-people", log.events[: 3 * (limit - 1)])


def travel(*stops: tuple[str, float, str]) -> Log:
    log = Log()
    for address, after, device in stops:
        log.says("signed_in", after=after, address=address, device=device, person_id="person")
    return log


def test_impossible_travel() -> None:
    (finding,) = found("impossible-travel", travel((HOME, 0, "a"), (ATTACKER, 1800, "b")).events, ABROAD)
    assert (finding.subject_kind, finding.subject) == ("person", "person")
    assert finding.facts["from"] == "Kunming"
    assert finding.facts["kilometres"] == pytest.approx(1290, abs=30)
    assert finding.event_ids == ("event-1", "event-2")


def test_who_takes_an_aeroplane_travels_possibly() -> None:
    log = travel((HOME, 0, "a"), (ATTACKER, 2 * 3600, "b"))
    assert not found("impossible-travel", log.events, ABROAD)


def test_one_browser_with_a_vpn_does_not_travel() -> None:
    assert not found("impossible-travel", travel((HOME, 0, "a"), (ATTACKER, 60, "a")).events, ABROAD)


def test_a_telephone_that_is_let_out_in_another_city_is_still_its_holders() -> None:
    """Beside a computer at home: on the first day nobody can know, afterwards both are theirs."""
    log = Log()
    for _ in range(10):
        for address, device in ((HOME, "computer"), (ATTACKER, "telephone"), (HOME, "computer")):
            log.says("signed_in", after=600, address=address, device=device, person_id="person")
        log.says("signed_out", after=86400)
    findings = found("impossible-travel", log.events, ABROAD)
    assert {finding.last_at - log.events[0].at < timedelta(days=2) for finding in findings} == {True}
    log.says("signed_in", after=600, address=ATTACKER, device="stranger", person_id="person")
    assert not found("impossible-travel", log.events, ABROAD)[len(findings) :]
    log.says("signed_in", after=86400, address=HOME, device="computer", person_id="person")
    log.says("signed_in", after=600, address=ATTACKER, device="stranger-2", person_id="person")
    assert len(found("impossible-travel", log.events, ABROAD)) == len(findings) + 1


def test_nobody_travels_through_a_known_gateway_or_a_private_network() -> None:
    known = Surroundings(
        addresses=Addresses((ip_network("203.0.113.0/24"),)),
        places=PLACES,
    )
    assert not found("impossible-travel", travel((HOME, 0, "a"), (ATTACKER, 60, "b")).events, known)
    private = travel((HOME, 0, "a"), ("10.1.2.3", 60, "b"), ("192.168.1.5", 60, "c"))
    assert not found("impossible-travel", private.events, ABROAD)


def guesses(count: int, device: str = "attacker") -> Log:
    log = Log()
    for _ in range(count):
        refused(log, 1, after=30, person_id="person", device=device)
    return log


def test_an_account_that_was_guessed() -> None:
    limit = SHIPPED["guessed-account"].threshold
    log = guesses(limit).says("signed_in", after=30, person_id="person", device="other")
    (finding,) = found("guessed-account", log.events)
    assert (finding.subject, finding.facts) == ("person", {"before": limit})
    fewer = guesses(limit - 1).says("signed_in", after=30, person_id="person", device="other")
    assert not found("guessed-account", fewer.events)


def test_who_remembers_at_last_in_the_same_browser_guessed_nothing() -> None:
    log = guesses(30, "own").says("signed_in", after=30, person_id="person", device="own")
    assert not found("guessed-account", log.events)


def test_an_account_that_was_guessed_in_one_browser() -> None:
    name = "guessed-account-one-browser"
    limit = SHIPPED[name].threshold
    log = guesses(limit).says("signed_in", after=30, person_id="person", device="attacker")
    assert [finding.subject for finding in found(name, log.events)] == ["person"]
    fewer = guesses(limit - 1).says("signed_in", after=30, person_id="person", device="attacker")
    assert not found(name, fewer.events)


def test_who_forgot_and_set_another_password_guessed_nothing() -> None:
    log = guesses(30, "own").says("recovery_completed", person_id="person", way="register_phone", level=2)
    log.says("signed_in", after=30, person_id="person", device="own")
    assert not found("guessed-account-one-browser", log.events)


def test_sign_in_of_staff_guessed() -> None:
    limit = SHIPPED["staff-guessing"].threshold
    log = Log()
    for _ in range(limit - 1):
        log.says("staff_sign_in_refused", after=60, address=ATTACKER, reason="wrong", method="passkey")
    assert not found("staff-guessing", log.events)
    log.says("staff_activation_refused", after=60, address=ATTACKER, reason="unknown")
    assert [finding.subject for finding in found("staff-guessing", log.events)] == [ATTACKER]
    slowly = Log()
    for _ in range(50):  # a few each day
        slowly.says(
            "staff_sign_in_refused", after=4 * 3600, address=ATTACKER, reason="wrong", method="passkey"
        )
    assert not found("staff-guessing", slowly.events)
