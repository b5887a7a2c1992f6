"""Each fault of an application is found, and by the checks that are meant for it alone."""

import logging
from collections.abc import Iterator, Mapping

import pytest

from clients.checker import CHECKS, Verdict
from tests.clients.checker.broken_app import Fault
from tests.clients.checker.hands import checked, verdicts

FOUND_BY: Mapping[Fault, set[str]] = {
    Fault.PAGE_FOR_EVERYBODY: {"page-is-guarded"},
    Fault.NO_PKCE: {"pkce"},
    Fault.PLAIN_PKCE: {"pkce"},
    Fault.SAME_NONCE: {"new-each-time"},
    Fault.STATE_OF_ANYBODY: {"state-of-another-browser"},
    Fault.STATE_WRONG: {"state-wrong"},
    Fault.STATE_MISSING: {"state-missing"},
    Fault.STATE_TWICE: {"code-replayed"},
    Fault.ISS_WRONG: {"iss-wrong"},
    Fault.ISS_MISSING: {"iss-missing"},
    Fault.CODE_BEFORE_ISS: {"iss-wrong", "iss-missing"},
    Fault.ERROR_BREAKS: {"error-answer"},
    Fault.ERROR_SHOWN_RAW: {"error-with-markup"},
    Fault.ERROR_SIGNS_IN: {"error-answer"},
    Fault.SESSION_ID_KEPT: {"session-fixation"},
    Fault.COOKIE_FOR_SCRIPTS: {"session-cookie"},
    # A page in the place of the redirect leaves the code in the address, too.
    Fault.TOKEN_IN_PAGE: {"tokens-hidden", "code-in-address"},
    Fault.TOKEN_IN_ADDRESS: {"tokens-hidden"},
    Fault.CODE_STAYS: {"code-in-address"},
    Fault.UNSIGNED: {"id-token-unsigned"},
    # Whoever does not verify takes anybody's.
    Fault.SIGNATURE_UNCHECKED: {"id-token-bad-signature", "id-token-other-key"},
    Fault.MAC_WITH_PUBLIC_KEY: {"id-token-mac-with-public-key"},
    Fault.MAC_WITH_SECRET: {"id-token-mac-with-client-secret"},
    Fault.EXP: {"id-token-expired"},
    Fault.NBF: {"id-token-from-the-future"},
    Fault.ISS: {"id-token-wrong-iss"},
    Fault.AUD: {"id-token-wrong-aud"},
    Fault.EXTRA_AUD: {"id-token-extra-aud"},
    Fault.NONCE_WRONG: {"id-token-wrong-nonce"},
    Fault.NONCE_MISSING: {"id-token-no-nonce"},
    Fault.ACR: {"id-token-lower-acr"},
    Fault.AT_HASH: {"id-token-wrong-at-hash"},
    Fault.USERINFO_SUB: {"userinfo-other-sub"},
    # It answers 200 to everything, whatever is wrong with it.
    Fault.LOGOUT_IGNORED: {
        "logout-works",
        "logout-expired",
        "logout-wrong-iss",
        "logout-wrong-aud",
        "logout-no-events",
        "logout-with-nonce",
    },
    Fault.LOGOUT_SIGNATURE: {"logout-bad-signature"},
    Fault.LOGOUT_UNSIGNED: {"logout-unsigned"},
    Fault.LOGOUT_EXP: {"logout-expired"},
    Fault.LOGOUT_ISS: {"logout-wrong-iss"},
    Fault.LOGOUT_AUD: {"logout-wrong-aud"},
    Fault.LOGOUT_EVENTS: {"logout-no-events"},
    Fault.LOGOUT_NONCE: {"logout-with-nonce"},
    Fault.LOGOUT_JTI: {"logout-replayed"},
    Fault.OUTAGE_BREAKS: {"token-endpoint-down"},
    Fault.NONSENSE_BREAKS: {"token-endpoint-nonsense"},
    # Nobody can sign in ever after.
    Fault.OUTAGE_STAYS: {"token-endpoint-down", "token-endpoint-nonsense", "new-key"},
    Fault.OLD_KEYS: {"new-key"},
    Fault.EVERYTHING_REFUSED: {"sign-in-works"},
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Some faults are exceptions that nobody catches: Flask writes them down."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_an_application_without_faults_passes_all() -> None:
    report = checked()
    assert verdicts(report) == {}
    assert report.has_passed
    assert len(report.results) == len(CHECKS)


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_found_by_its_check(fault: Fault) -> None:
    report = checked(fault)
    found = {one.check for one in report.results if one.verdict in (Verdict.FAILED, Verdict.ADVISED)}
    assert found == FOUND_BY[fault], verdicts(report)


def test_attack_a_stolen_code_is_slipped_in_where_neither_pkce_nor_nonce_holds_it() -> None:
    found = verdicts(checked(Fault.NO_PKCE, Fault.NONCE_WRONG))
    assert set(found) == {"pkce", "id-token-wrong-nonce", "code-of-another-sign-in"}


def test_every_check_finds_something() -> None:
    found = {name for names in FOUND_BY.values() for name in names}
    assert {check.name for check in CHECKS} - found == {"code-of-another-sign-in"}


def test_who_refuses_everybody_does_not_pass() -> None:
    """An application that lets nobody in refuses every hostile answer."""
    report = checked(Fault.EVERYTHING_REFUSED)
    assert not report.has_passed
    assert [one.check for one in report.of(Verdict.FAILED)] == ["sign-in-works"]
    assert {one.reason for one in report.of(Verdict.NOT_TRIED)} == {"stopped_by_sign-in-works"}
