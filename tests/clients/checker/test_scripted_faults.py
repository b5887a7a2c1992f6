"""Each fault of a page whose scripts sign people in is found, in a real Chromium."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser

from clients.checker import Report, Verdict
from tests.clients.checker.hands import verdicts
from tests.clients.checker.scripted import checked_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAILED, ADVISED = Verdict.FAILED, Verdict.ADVISED
FOUND_BY: Mapping[str, Mapping[str, Verdict]] = {
    "page_for_everybody": {"page-is-guarded": FAILED},
    "no_pkce": {"pkce": FAILED},
    "same_nonce": {"new-each-time": FAILED},
    "state_unchecked": {"state-wrong": FAILED, "state-missing": FAILED},
    "state_kept": {"code-replayed": FAILED},
    "iss_of_answer": {"iss-wrong": FAILED, "iss-missing": FAILED},
    # Refused in the end, and the code was redeemed all the same.
    "code_before_iss": {"iss-wrong": FAILED, "iss-missing": FAILED},
    "shown_raw": {"error-with-markup": FAILED},
    "breaks": {"error-answer": FAILED, "state-wrong": ADVISED, "token-endpoint-down": FAILED},
    "kept_for_long": {"tokens-hidden": ADVISED},
    "token_in_address": {"tokens-hidden": FAILED},
    "code_stays": {"code-in-address": ADVISED},
    "alg": {"id-token-unsigned": ADVISED, "id-token-mac-with-public-key": ADVISED},
    "iss": {"id-token-wrong-iss": FAILED},
    "aud": {"id-token-wrong-aud": FAILED},
    "extra_aud": {"id-token-extra-aud": FAILED},
    "exp": {"id-token-expired": FAILED},
    "nbf": {"id-token-from-the-future": ADVISED},
    "nonce": {"id-token-wrong-nonce": FAILED, "id-token-no-nonce": FAILED},
    "acr": {"id-token-lower-acr": FAILED},
    "sub": {"userinfo-other-sub": FAILED},
    "token_first": {"id-token-wrong-aud": ADVISED},
}
"""With the verdict, which says how bad it is."""
SIGNATURES = ("id-token-bad-signature", "id-token-other-key")


def worst(report: Report) -> dict[str, Verdict]:
    return {one.check: one.verdict for one in report.results if one.verdict in (FAILED, ADVISED)}


@pytest.mark.parametrize("fault", sorted(FOUND_BY))
def test_a_fault_of_a_script_is_found_by_its_check(one_chromium: Browser, fault: str) -> None:
    wanted = FOUND_BY[fault]
    report = checked_page(one_chromium, "by_hand.html", fault, only=tuple(wanted))
    assert worst(report) == wanted, verdicts(report)


def test_a_page_without_faults_passes_all(one_chromium: Browser) -> None:
    report = checked_page(one_chromium, "by_hand.html", "verifies")
    assert worst(report) == {}, verdicts(report)
    reasons = {one.check: one.reason for one in report.results}
    # What nobody verified is not said to have been verified, and the other way round.
    assert [reasons[one] for one in SIGNATURES] == ["refused", "refused"]
    tried = {one.check for one in report.results if one.verdict is not Verdict.NOT_TRIED}
    assert len(tried) == report.counted[0] == 33


def test_signatures_may_be_left_to_tls_and_the_report_says_so(one_chromium: Browser) -> None:
    report = checked_page(one_chromium, "by_hand.html", only=(*SIGNATURES, "id-token-wrong-at-hash"))
    assert worst(report) == {}
    assert [one.reason for one in report.results[2:]] == [
        *["tls_in_place_of_signature"] * 2,
        "at_hash_may_be_left",
    ]


@pytest.mark.parametrize("way", ["in_memory", "in_fragment"])
def test_pages_of_other_kinds_are_judged_the_same(one_chromium: Browser, way: str) -> None:
    only = ("state-wrong", "iss-wrong", "id-token-wrong-iss", "code-in-address")
    assert worst(checked_page(one_chromium, "by_hand.html", way, only=only)) == {}
    found = worst(checked_page(one_chromium, "by_hand.html", way, "iss", "state_unchecked", only=only))
    assert found == {"state-wrong": FAILED, "id-token-wrong-iss": FAILED}


def test_a_sign_in_in_a_window_of_its_own_is_said_not_to_be_known(one_chromium: Browser) -> None:
    report = checked_page(one_chromium, "by_hand.html", "in_a_window", only=("pkce",))
    assert verdicts(report)["sign-in-works"].startswith("failed: opens_a_window")
    assert verdicts(report)["pkce"] == "not_tried: stopped_by_sign-in-works"


def test_the_library_by_itself_leaves_these_to_the_page(one_chromium: Browser) -> None:
    """oidc-client-ts decodes the ID token: iss, aud, exp and acr are not its matter, nor the answer's iss."""
    wrong = ("iss", "aud", "expired", "lower-acr")
    checks = [
        f"id-token-{one}" if one in ("expired", "lower-acr") else f"id-token-wrong-{one}" for one in wrong
    ]
    report = checked_page(
        one_chromium,
        "with_library.html",
        only=(*checks, *SIGNATURES, "state-wrong", "userinfo-other-sub", "iss-wrong"),
    )
    assert worst(report) == dict.fromkeys([*checks, "iss-wrong"], FAILED), verdicts(report)


def test_the_quick_start_for_pages_fails_none_of_them(one_chromium: Browser) -> None:
    """All checks of it are in `tests/documentation/test_checked_page.py`."""
    by_the_page = ("iss-wrong", "id-token-wrong-iss", "id-token-wrong-aud", "id-token-expired")
    only = (*by_the_page, "id-token-no-nonce", "id-token-lower-acr", "id-token-unsigned", "new-key")
    report = checked_page(one_chromium, "", signed_in=", level ", only=only)
    # The library leaves alg alone, which is a SHOULD where TLS stands in for the signature.
    assert worst(report) == {"id-token-unsigned": ADVISED}, verdicts(report)
    assert report.of(Verdict.NOT_TRIED) == ()
