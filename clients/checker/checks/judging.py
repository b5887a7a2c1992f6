"""What most checks end with: whether the application let somebody in, and how it said no."""

from ..bench import Bench, Shown
from ..browser import Browser
from ..findings import Finding, advised, failed, passed

BROKEN = 500
"""Nobody handled what went wrong. 502, 503 and 504 say that it was the provider."""
TRACES = ("Traceback (most recent call last)", "Werkzeug Debugger", "java.lang.", "at Object.<anonymous>")


def nobody_in(bench: Bench, browser: Browser, shown: Shown, sent_on: bool = False) -> Finding:
    """`sent_on`: the code went to the token endpoint though the answer was not to be believed."""
    if bench.is_signed_in(browser):
        return failed("signed_in_all_the_same")
    if sent_on:
        return failed("code_sent_on")
    if not shown.left and shown.status == BROKEN:
        return advised("refused_by_breaking", str(shown.status))
    return passed("refused", "" if shown.left else str(shown.status))


def a_page(shown: Shown) -> Finding:
    """Words for a person, and no entrails."""
    text = shown.hop.answer.text
    if any(trace in text for trace in TRACES):
        return failed("shows_a_trace")
    if shown.left:
        return passed("led_elsewhere")
    if shown.status == BROKEN:
        return failed("page_broke", str(shown.status))
    if not text.strip():
        return failed("page_is_empty", str(shown.status))
    return passed("page_shown", str(shown.status))
