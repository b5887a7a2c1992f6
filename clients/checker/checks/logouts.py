"""Logout tokens: a good one ends the visit, and no other does (Back-Channel Logout 1.0 section 2.6)."""

from collections.abc import Callable

from ..bench import Bench
from ..browser import Browser
from ..findings import Check, Expected, Finding, Group, advised, failed, not_tried, passed
from ..lies import LogoutLie
from ..provider import Notified

SECTION = "OpenID Connect Back-Channel Logout 1.0 2.6"
BETWEEN_SECONDS = 0.25


class _NotSent(Exception):
    """Carries the reason's name."""


def _signed_in(bench: Bench) -> Browser:
    if not bench.app.backchannel_logout_uri:
        raise _NotSent("no_logout_uri")
    browser = bench.browser()
    bench.sign_in(browser)
    if not bench.is_signed_in(browser):
        raise _NotSent("not_signed_in")
    return browser


def _notified(bench: Bench, browser: Browser, lie: LogoutLie) -> Notified:
    found = bench.provider.notify(bench.app.backchannel_logout_uri, lie, browser)
    if found is None:
        raise _NotSent("provider_cannot")
    return found


def _is_out(bench: Bench, browser: Browser) -> bool:
    """Applications may take a moment."""
    waited = 0.0
    while bench.is_signed_in(browser):
        if waited >= bench.patience_seconds:
            return False
        bench.pause(BETWEEN_SECONDS)
        waited += BETWEEN_SECONDS
    return True


def _ends(bench: Bench) -> Finding:
    browser = _signed_in(bench)
    notified = _notified(bench, browser, LogoutLie.NONE)
    detail = "" if notified.status is None else str(notified.status)
    if not _is_out(bench, browser):
        return failed("logout_unheard", detail)
    if notified.status not in (None, 200, 204):
        return advised("logout_answered_oddly", detail)
    return passed("signed_out", detail)


def _stays(bench: Bench, browser: Browser, lie: LogoutLie) -> Finding:
    notified = _notified(bench, browser, lie)
    if notified.status is None:
        # It comes by itself, somewhat later.
        bench.pause(min(bench.patience_seconds, 2.0))
    if not bench.is_signed_in(browser):
        return failed("signed_out_all_the_same")
    if notified.status not in (None, 400):
        # Section 2.8
        return advised("refused_not_with_400", str(notified.status))
    return passed("logout_refused")


def _survives(lie: LogoutLie) -> Callable[[Bench], Finding]:
    return lambda bench: _stays(bench, _signed_in(bench), lie)


def _replayed(bench: Bench) -> Finding:
    """A notice of yesterday must not sign out who has come back since."""
    before = _signed_in(bench)
    _notified(bench, before, LogoutLie.SUB_ALONE)
    if not _is_out(bench, before):
        return not_tried("sub_alone_unheard")
    return _stays(bench, _signed_in(bench), LogoutLie.REPLAYED)


def _check(
    name: str, source: str, does: Callable[[Bench], Finding], expected: Expected, *, recommended: bool = False
) -> Check:
    def guarded(bench: Bench) -> Finding:
        try:
            return does(bench)
        except _NotSent as reason:
            return not_tried(str(reason))

    return Check(name, Group.LOGOUT, expected, source, guarded, recommended)


STILL = Expected.STILL_SIGNED_IN
CHECKS = (
    _check("logout-works", f"{SECTION}, 2.7", _ends, Expected.SIGNED_OUT),
    _check("logout-bad-signature", f"{SECTION} (2)", _survives(LogoutLie.BAD_SIGNATURE), STILL),
    _check("logout-unsigned", f"{SECTION} (3)", _survives(LogoutLie.UNSIGNED), STILL),
    _check("logout-expired", f"{SECTION} (4)", _survives(LogoutLie.EXPIRED), STILL),
    _check("logout-wrong-iss", f"{SECTION} (4)", _survives(LogoutLie.WRONG_ISS), STILL),
    _check("logout-wrong-aud", f"{SECTION} (4)", _survives(LogoutLie.WRONG_AUD), STILL),
    _check("logout-no-events", f"{SECTION} (6)", _survives(LogoutLie.NO_EVENTS), STILL),
    _check("logout-with-nonce", f"{SECTION} (7)", _survives(LogoutLie.WITH_NONCE), STILL),
    _check("logout-replayed", f"{SECTION} (8)", _replayed, STILL, recommended=True),
)
