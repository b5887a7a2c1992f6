"""Each rule fires on what it is for, not below its threshold, not on what its note calls harmless: relays."""

from ipaddress import ip_network

from idp.detection.addresses import Addresses
from idp.detection.watching import Surroundings
from tests.idp.detection.conftest import SHIPPED
from tests.idp.detection.happening import ATTACKER, HOME, Log, found


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
