"""Somebody signs in, and how the application asks for it."""

from urllib.parse import parse_qsl, urlsplit

from ..bench import Bench
from ..browser import Hop
from ..findings import Check, Expected, Finding, Group, failed, not_tried, passed

NEW_EACH_TIME = ("state", "nonce", "code_challenge")


def asked(hop: Hop) -> dict[str, str] | None:
    """The request that the application makes. None: it does not stand in the address."""
    found = dict(parse_qsl(urlsplit(hop.leads_to).query))
    return None if "request" in found or "request_uri" in found else found


def _page_is_guarded(bench: Bench) -> Finding:
    if bench.is_signed_in(bench.browser()):
        return failed("stranger_sees_the_page")
    return passed("stranger_kept_out")


def _sign_in_works(bench: Bench) -> Finding:
    browser = bench.browser()
    shown = bench.sign_in(browser)
    if bench.is_signed_in(browser):
        return passed("signed_in")
    return failed("not_signed_in", f"{shown.told}, then {bench.open_page(browser).told}")


def _pkce(bench: Bench) -> Finding:
    request = asked(bench.leave(bench.browser()))
    if request is None:
        return not_tried("request_not_visible")
    if not request.get("code_challenge"):
        return failed("no_pkce")
    if request.get("code_challenge_method") != "S256":
        return failed("pkce_is_plain")
    return passed("pkce_is_s256")


def _new_each_time(bench: Bench) -> Finding:
    one, other = asked(bench.leave(bench.browser())), asked(bench.leave(bench.browser()))
    if one is None or other is None:
        return not_tried("request_not_visible")
    same = [name for name in NEW_EACH_TIME if name in one and one.get(name) == other.get(name)]
    return failed("same_twice", ", ".join(same)) if same else passed("new_each_time")


CHECKS = (
    Check(
        "page-is-guarded",
        Group.SIGN_IN,
        Expected.NOBODY_SIGNED_IN,
        "docs/checker.md",
        _page_is_guarded,
    ),
    Check("sign-in-works", Group.SIGN_IN, Expected.SIGNED_IN, "OpenID Connect Core 1.0 3.1", _sign_in_works),
    Check("pkce", Group.SIGN_IN, Expected.ASKED_SO, "RFC 9700 2.1.1, RFC 7636 4.2", _pkce),
    Check(
        "new-each-time",
        Group.SIGN_IN,
        Expected.ASKED_SO,
        "RFC 6749 10.12, RFC 7636 7.1, OpenID Connect Core 1.0 15.5.2",
        _new_each_time,
    ),
)
