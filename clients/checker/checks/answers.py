"""Answers that somebody on the way has changed, mixed up or slipped in. The browser does it by itself."""

from collections.abc import Callable
from secrets import token_urlsafe

from ..bench import Bench, LieNotTold, Returned
from ..browser import Browser
from ..findings import Check, Expected, Finding, Group, failed, not_tried, passed
from ..lies import Lie
from .judging import a_page, nobody_in

OTHER_ISSUER = "https://another-issuer.example"
MARKUP = "<img src=x onerror=alert(1)>"
AS_ELEMENT = '<img src="x" onerror="alert(1)">'
"""As a browser writes down what it has made of it. Shown as text, it has no such marks."""


def _begun(bench: Bench) -> tuple[Browser, Returned]:
    browser = bench.browser()
    return browser, bench.answered(browser, bench.leave(browser))


def _with(name: str, said: Callable[[], str | None], lie: Lie) -> Callable[[Bench], Finding]:
    """One parameter of a good answer is another one, or missing.

    A provider that says so by itself sees what comes of it; else the browser changes it on the way.
    """

    def does(bench: Bench) -> Finding:
        try:
            with bench.lying(lie):
                browser, returned = _begun(bench)
                return _judged(bench, browser, returned)
        except LieNotTold:
            pass
        browser, returned = _begun(bench)
        if name not in returned.parameters:
            # JARM: what is signed cannot be changed on the way.
            return not_tried("answer_is_signed" if "response" in returned.parameters else "not_used", name)
        return _judged(bench, browser, returned.changed(**{name: said()}))

    return does


def _judged(bench: Bench, browser: Browser, returned: Returned) -> Finding:
    before = bench.counted("token")
    shown = bench.deliver(browser, returned)
    return nobody_in(bench, browser, shown, sent_on=bench.counted("token") != before)


def _of_another_browser(bench: Bench) -> Finding:
    """Login CSRF: somebody is signed in as the attacker, whose answer they were made to open."""
    _attacker, slipped_in = _begun(bench)
    victim, _theirs = _begun(bench)
    shown = bench.deliver(victim, slipped_in)
    return nobody_in(bench, victim, shown)


def _code_of_another_sign_in(bench: Bench) -> Finding:
    """Code injection: a stolen code in an answer that is otherwise this browser's own."""
    _owner, stolen = _begun(bench)
    thief, theirs = _begun(bench)
    if "code" not in theirs.parameters:
        return not_tried("answer_is_signed")
    shown = bench.deliver(thief, theirs.changed(code=stolen.parameters["code"]))
    return nobody_in(bench, thief, shown)


def _replayed(bench: Bench) -> Finding:
    browser, returned = _begun(bench)
    bench.deliver(browser, returned)
    if not bench.is_signed_in(browser):
        return not_tried("not_signed_in")
    before = bench.counted("token")
    shown = bench.deliver(browser, returned)
    if bench.counted("token") != before:
        return failed("code_sent_twice")
    if shown.broke:
        return failed("page_broke", shown.told)
    return passed("not_sent_twice", shown.told)


def _error(bench: Bench) -> Finding:
    browser, returned = _begun(bench)
    if "code" not in returned.parameters:
        return not_tried("answer_is_signed")
    refusal = returned.changed(code=None, error="access_denied", error_description="The person said no.")
    shown = bench.deliver(browser, refusal)
    if bench.is_signed_in(browser):
        return failed("signed_in_all_the_same")
    return a_page(shown)


def _error_with_markup(bench: Bench) -> Finding:
    browser, returned = _begun(bench)
    if "code" not in returned.parameters:
        return not_tried("answer_is_signed")
    hostile = returned.changed(code=None, error="server_error", error_description=MARKUP)
    shown = bench.deliver(browser, hostile)
    kind = shown.hop.answer.header("content-type").partition(";")[0].strip()
    page = shown.hop.answer.text
    if (MARKUP in page or AS_ELEMENT in page) and kind not in ("text/plain", "application/json"):
        return failed("markup_shown")
    return passed("markup_not_shown", shown.told)


def _check(name: str, source: str, does: Callable[[Bench], Finding], expected: Expected) -> Check:
    return Check(name, Group.ANSWER, expected, source, does)


NOBODY = Expected.NOBODY_SIGNED_IN
CHECKS = (
    _check(
        "state-wrong",
        "RFC 9700 4.7.1, RFC 6749 10.12",
        _with("state", token_urlsafe, Lie.WRONG_STATE),
        NOBODY,
    ),
    _check(
        "state-missing", "RFC 9700 4.7.1, RFC 6749 10.12", _with("state", lambda: None, Lie.NO_STATE), NOBODY
    ),
    _check("state-of-another-browser", "RFC 9700 4.7, RFC 6749 10.12", _of_another_browser, NOBODY),
    _check(
        "iss-wrong",
        "RFC 9207 2.4, RFC 9700 4.4",
        _with("iss", lambda: OTHER_ISSUER, Lie.WRONG_ANSWER_ISS),
        NOBODY,
    ),
    _check("iss-missing", "RFC 9207 2.4", _with("iss", lambda: None, Lie.NO_ANSWER_ISS), NOBODY),
    _check("code-of-another-sign-in", "RFC 9700 4.5", _code_of_another_sign_in, NOBODY),
    _check("code-replayed", "RFC 6749 4.1.2, RFC 9700 4.7.1", _replayed, Expected.A_PAGE),
    _check("error-answer", "RFC 6749 4.1.2.1, OpenID Connect Core 1.0 3.1.2.6", _error, Expected.A_PAGE),
    _check("error-with-markup", "RFC 6749 4.1.2.1, CWE-79", _error_with_markup, Expected.A_PAGE),
)
