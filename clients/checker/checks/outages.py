"""The provider is away, answers nonsense, or signs with a new key."""

from collections.abc import Callable

from ..bench import Bench
from ..findings import Check, Expected, Finding, Group, failed, not_tried, passed
from ..lies import Lie
from ..wire import NotReached
from .judging import a_page


def _trouble(lie: Lie) -> Callable[[Bench], Finding]:
    def does(bench: Bench) -> Finding:
        browser = bench.browser()
        with bench.lying(lie):
            try:
                shown = bench.sign_in(browser)
            except NotReached as problem:
                return failed("not_reached", str(problem))
            if bench.is_signed_in(browser):
                return failed("signed_in_all_the_same")
            found = a_page(shown)
        again = bench.browser()
        bench.sign_in(again)
        return found if bench.is_signed_in(again) else failed("stays_down")

    return does


def _new_key(bench: Bench) -> Finding:
    if not bench.provider.new_key():
        return not_tried("provider_cannot")
    try:
        return _finds_it(bench)
    finally:
        bench.provider.tell(None)


def _finds_it(bench: Bench) -> Finding:
    for wait in (0.0, bench.patience_seconds):
        # Libraries look for keys again only so often, which keeps others from making them ask.
        if wait:
            bench.pause(wait)
        browser = bench.browser()
        bench.sign_in(browser)
        if bench.is_signed_in(browser):
            return passed("new_key_found")
    return failed("new_key_not_found", f"{bench.patience_seconds:.0f} s")


CHECKS = (
    Check(
        "token-endpoint-down",
        Group.PROVIDER,
        Expected.A_PAGE,
        "docs/integration.md 7",
        _trouble(Lie.TOKEN_ENDPOINT_DOWN),
    ),
    Check(
        "token-endpoint-nonsense",
        Group.PROVIDER,
        Expected.A_PAGE,
        "RFC 6749 5.1",
        _trouble(Lie.TOKEN_ENDPOINT_NONSENSE),
    ),
    Check("new-key", Group.PROVIDER, Expected.SIGNED_IN, "OpenID Connect Core 1.0 10.1.1", _new_key),
)
