"""id_tokens, each with one thing wrong: nobody may be signed in by any of them."""

from collections.abc import Callable

from ..bench import Bench
from ..findings import Check, Expected, Finding, Group, Verdict, advised, not_tried, passed
from ..lies import Lie
from .judging import nobody_in
from .sign_ins import asked

CORE = "OpenID Connect Core 1.0 3.1.3.7"


SIGNATURES = (Lie.BAD_SIGNATURE, Lie.OTHER_KEY)
ALGORITHMS = (Lie.UNSIGNED, Lie.MAC_WITH_PUBLIC_KEY, Lie.MAC_WITH_CLIENT_SECRET)


def _told(lie: Lie, endpoint: str = "token") -> Callable[[Bench], Finding]:
    def does(bench: Bench) -> Finding:
        with bench.lying(lie):
            browser = bench.browser()
            before, used = bench.counted(endpoint), bench.counted("userinfo")
            shown = bench.sign_in(browser)
            after = bench.counted(endpoint)
            if before is not None and after == before:
                # It refused for another reason, or never asks there: that says nothing of this check.
                return not_tried(f"{endpoint}_endpoint_not_asked")
            is_used = endpoint == "token" and bench.counted("userinfo") != used
            return _judged(bench, lie, nobody_in(bench, browser, shown), is_used=is_used)

    return does


def _judged(bench: Bench, lie: Lie, found: Finding, *, is_used: bool) -> Finding:
    """By what the specification asks of whoever fetches the ID token itself, in the code flow, by TLS."""
    if bench.tls_stands_in_for_signatures and (is_used or found.verdict is Verdict.FAILED):
        if lie in SIGNATURES:
            return passed("tls_in_place_of_signature")
        if lie in ALGORITHMS:
            # (7) is a SHOULD, and nothing is verified by the algorithm that the token names.
            return advised("algorithm_not_compared")
        if lie is Lie.WRONG_AT_HASH:
            return passed("at_hash_may_be_left")
    if is_used and found.verdict is not Verdict.FAILED:
        return advised("token_used")
    return found


def _lower_acr(bench: Bench) -> Finding:
    request = asked(bench.leave(bench.browser()))
    if request is not None and "acr_values" not in request and "acr" not in request.get("claims", ""):
        return not_tried("no_level_asked")
    return _told(Lie.LOWER_ACR)(bench)


def _check(name: str, source: str, does: Callable[[Bench], Finding], *, recommended: bool = False) -> Check:
    return Check(name, Group.ID_TOKEN, Expected.NOBODY_SIGNED_IN, source, does, recommended)


CHECKS = (
    _check("id-token-unsigned", f"{CORE} (7), RFC 8725 3.1", _told(Lie.UNSIGNED)),
    _check("id-token-bad-signature", f"{CORE} (6)", _told(Lie.BAD_SIGNATURE)),
    _check("id-token-other-key", f"{CORE} (6)", _told(Lie.OTHER_KEY)),
    _check("id-token-mac-with-public-key", f"{CORE} (7), RFC 8725 2.1, 3.1", _told(Lie.MAC_WITH_PUBLIC_KEY)),
    _check("id-token-mac-with-client-secret", f"{CORE} (7), RFC 8725 3.1", _told(Lie.MAC_WITH_CLIENT_SECRET)),
    _check("id-token-expired", f"{CORE} (9)", _told(Lie.EXPIRED)),
    _check("id-token-from-the-future", "RFC 7519 4.1.5", _told(Lie.FROM_THE_FUTURE), recommended=True),
    _check("id-token-wrong-iss", f"{CORE} (2)", _told(Lie.WRONG_ISS)),
    _check("id-token-wrong-aud", f"{CORE} (3)", _told(Lie.WRONG_AUD)),
    _check("id-token-extra-aud", f"{CORE} (3)", _told(Lie.EXTRA_AUD)),
    _check("id-token-wrong-nonce", f"{CORE} (11)", _told(Lie.WRONG_NONCE)),
    _check("id-token-no-nonce", f"{CORE} (11)", _told(Lie.NO_NONCE)),
    _check("id-token-lower-acr", f"{CORE} (12)", _lower_acr),
    _check(
        "id-token-wrong-at-hash",
        "OpenID Connect Core 1.0 3.1.3.8",
        _told(Lie.WRONG_AT_HASH),
        recommended=True,
    ),
    _check(
        "userinfo-other-sub",
        "OpenID Connect Core 1.0 5.3.2",
        _told(Lie.OTHER_SUB_AT_USERINFO, "userinfo"),
    ),
)
