"""Each fault of a page whose scripts sign people in is found, in a real Chromium."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser

from clients.checker import Report, Verdict
from tests.clients.checker.hands import verdicts
from tests.clients.checker.scripted import checked_faults, checked_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAILED, ADVISED = Verdict.FAILED, Verdict.ADVISED
IN = "failed: signed_in_all_the_same"
REFUSED = "passed: refused"
Found = Mapping[str, Mapping[str, str]]
FOUND_BY: Found = {
    "page_for_everybody": {"page-is-guarded": "failed: stranger_sees_the_page"},
    "no_pkce": {"pkce": "failed: no_pkce"},
    "same_nonce": {"new-each-time": "failed: same_twice"},
    "state_unchecked": {"state-wrong": IN, "state-missing": IN},
    "state_kept": {"code-replayed": "failed: code_sent_twice"},
    "iss_of_answer": {"iss-wrong": IN, "iss-missing": IN},
    # Refused in the end, and the code was redeemed all the same.
    "code_before_iss": {"iss-wrong": "failed: code_sent_on", "iss-missing": "failed: code_sent_on"},
    "shown_raw": {"error-with-markup": "failed: markup_shown"},
    "breaks": {
        "error-answer": "failed: page_broke",
        "state-wrong": "advised: refused_by_breaking",
        "token-endpoint-down": "failed: page_broke",
    },
    "kept_for_long": {"tokens-hidden": "advised: token_lasts"},
    "token_in_address": {"tokens-hidden": "failed: token_seen"},
    "code_stays": {"code-in-address": "advised: code_left"},
    "alg": {
        "id-token-unsigned": "advised: algorithm_not_compared",
        "id-token-mac-with-public-key": "advised: algorithm_not_compared",
    },
    "iss": {"id-token-wrong-iss": IN},
    "aud": {"id-token-wrong-aud": IN},
    "extra_aud": {"id-token-extra-aud": IN},
    "exp": {"id-token-expired": IN},
    "nbf": {"id-token-from-the-future": "advised: signed_in_all_the_same"},
    "nonce": {"id-token-wrong-nonce": IN, "id-token-no-nonce": IN},
    "acr": {"id-token-lower-acr": IN},
    "sub": {"userinfo-other-sub": IN},
    "token_first": {"id-token-wrong-aud": "advised: token_used"},
}
"""With the verdict, which says how bad it is, and its reason."""
OTHER_KINDS: Found = {
    told: wanted
    for kind in ("in_memory", "in_fragment")
    for told, wanted in (
        (
            kind,
            {
                "state-wrong": REFUSED,
                "iss-wrong": REFUSED,
                "id-token-wrong-iss": REFUSED,
                "code-in-address": "passed: code_gone",
            },
        ),
        (f"{kind} iss state_unchecked", {"state-wrong": IN, "iss-wrong": REFUSED, "id-token-wrong-iss": IN}),
    )
}
"""Pages that keep nothing, or get the answer behind a #: without faults, and with two."""
SIGNATURES = ("id-token-bad-signature", "id-token-other-key")
LEFT_TO_TLS: Found = {
    "": {
        **dict.fromkeys(SIGNATURES, "passed: tls_in_place_of_signature"),
        "id-token-wrong-at-hash": "passed: at_hash_may_be_left",
    }
}


def worst(report: Report) -> dict[str, Verdict]:
    return {one.check: one.verdict for one in report.results if one.verdict in (FAILED, ADVISED)}


@pytest.fixture(scope="module")
def found(one_chromium: Browser) -> Found:
    return checked_faults(one_chromium, "by_hand.html", {**FOUND_BY, **OTHER_KINDS, **LEFT_TO_TLS})


@pytest.mark.parametrize("fault", sorted(FOUND_BY))
def test_a_fault_of_a_script_is_found_by_its_check(found: Found, fault: str) -> None:
    assert found[fault] == FOUND_BY[fault]


@pytest.mark.parametrize("kind", sorted(OTHER_KINDS))
def test_pages_of_other_kinds_are_judged_the_same(found: Found, kind: str) -> None:
    assert found[kind] == OTHER_KINDS[kind]


def test_signatures_may_be_left_to_tls_and_the_report_says_so(found: Found) -> None:
    first = {"page-is-guarded": "passed: stranger_kept_out", "sign-in-works": "passed: signed_in"}
    assert found[""] == {**first, **LEFT_TO_TLS[""]}


def test_a_page_without_faults_passes_all(one_chromium: Browser) -> None:
    report = checked_page(one_chromium, "by_hand.html", "verifies")
    assert worst(report) == {}, verdicts(report)
    reasons = {one.check: one.reason for one in report.results}
    # What nobody verified is not said to have been verified, and the other way round.
    assert [reasons[one] for one in SIGNATURES] == ["refused", "refused"]
    tried = {one.check for one in report.results if one.verdict is not Verdict.NOT_TRIED}
    assert len(tried) == report.counted[0] == 33


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
