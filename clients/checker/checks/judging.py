"""What most checks end with: whether the application let somebody in, and how it said no."""

from ..bench import Bench, Shown
from ..browser import Browser
from ..findings import Finding, advised, failed, passed

TRACES = ("Traceback (most recent call last)", "Werkzeug Debugger", "java.lang.", "at Object.<anonymous>")


def nobody_in(bench: Bench, browser: Browser, shown: Shown, sent_on: bool = False) -> Finding:
    """`sent_on`: the code went to the token endpoint though the answer was not to be believed."""
    if bench.is_signed_in(browser):
        return failed("signed_in_all_the_same")
    if sent_on:
        return failed("code_sent_on")
    if shown.broke:
        return advised("refused_by_breaking", shown.told)
    return passed("refused", "" if shown.left else shown.told)


def a_page(shown: Shown) -> Finding:
    """Words for a person, and no entrails."""
    if any(trace in shown.seen for trace in TRACES):
        return failed("shows_a_trace")
    if shown.left:
        return passed("led_elsewhere")
    if shown.broke:
        return failed("page_broke", shown.told)
    if not shown.seen.strip():
        return failed("page_is_empty", shown.told)
    return passed("page_shown", shown.told)
