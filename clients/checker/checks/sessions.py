"""What a sign-in leaves behind in the browser."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from ..bench import Bench
from ..browser import Browser, Hop
from ..findings import Check, Expected, Finding, Group, advised, failed, not_tried, passed
from ..wire import origin_of

PARTS = re.compile(r"(?<![\w-])[\w-]++(?:\.[\w-]++){2,}+", re.ASCII)
"""Begins where such a run does, and nowhere in it: a page of one long word would take hours otherwise."""
OBJECT, OBJECT_CHARACTERS, SIGNATURE_CHARACTERS = "eyJ", 11, 16
COOKIES_TRIED = 12


def _fixation(bench: Bench) -> Finding:
    """Whoever knew the cookies before the sign-in is not signed in by it."""
    browser = bench.browser()
    returned = bench.answered(browser, bench.leave(browser))
    attacker = browser.copied()
    bench.deliver(browser, returned)
    if not bench.is_signed_in(browser):
        return not_tried("not_signed_in")
    if bench.is_signed_in(attacker):
        return failed("session_id_kept")
    return passed("session_id_new")


def _cookie(bench: Bench) -> Finding:
    browser = bench.browser()
    bench.sign_in(browser)
    if not bench.is_signed_in(browser):
        return not_tried("not_signed_in")
    if not bench.is_signed_in(browser.copied()):
        return not_tried("kept_in_the_tab")
    weak = list(_weaknesses(bench, browser))
    return failed("cookie_is_weak", "; ".join(weak)) if weak else passed("cookie_is_kept")


def _weaknesses(bench: Bench, browser: Browser) -> Iterator[str]:
    page = bench.app.page_url
    for cookie in browser.of_host(page)[:COOKIES_TRIED]:
        # Those that hold the sign-in, whatever they are called.
        if bench.is_signed_in(browser.without(cookie.name)):
            continue
        if "httponly" not in cookie.attributes:
            yield f"{cookie.name}: HttpOnly"
        if page.startswith("https:") and "secure" not in cookie.attributes:
            yield f"{cookie.name}: Secure"
        if cookie.attributes.get("samesite", "").lower() not in ("lax", "strict"):
            yield f"{cookie.name}: SameSite"


def _tokens(bench: Bench) -> Finding:
    browser = bench.browser()
    bench.sign_in(browser)
    bench.open_page(browser)
    known = bench.provider.secrets()
    lasting = browser.lasting()
    for hop in browser.hops:
        if origin_of(hop.url) not in bench.app.origins:
            continue
        for place, text in _where(hop):
            if has_jwt(text) or any(secret in text for secret in known):
                return failed("token_seen", place)
    if has_jwt(lasting) or any(secret in lasting for secret in known):
        return advised("token_lasts", "localStorage")
    return passed("no_token_seen")


def has_jwt(text: str) -> bool:
    """Three parts of base64url, two of them JSON objects (RFC 7519 section 3.1)."""
    for found in PARTS.finditer(text):
        parts = found[0].split(".")
        for header, claims, signature in zip(parts, parts[1:], parts[2:], strict=False):
            if (
                0 <= header.find(OBJECT) <= len(header) - OBJECT_CHARACTERS
                and claims.startswith(OBJECT)
                and len(claims) >= OBJECT_CHARACTERS
                and len(signature) >= SIGNATURE_CHARACTERS
            ):
                return True
    return False


def _where(hop: Hop) -> Iterator[tuple[str, str]]:
    yield "address", unquote(hop.url)
    yield "redirect", unquote(hop.answer.header("location"))
    yield "page", hop.answer.text
    for line in hop.answer.all("set-cookie"):
        if "httponly" not in line.lower():
            yield "cookie", unquote(line)


def _code_in_address(bench: Bench) -> Finding:
    """The page that is shown last must not say the code to the next one (Referer)."""
    browser = bench.browser()
    shown = bench.sign_in(browser)
    names = {name for name, _value in parse_qsl(urlsplit(shown.hop.url).query)}
    policy = shown.hop.answer.header("referrer-policy")
    if "code" in names and policy not in ("no-referrer", "same-origin", "origin", "strict-origin"):
        return failed("code_left")
    return passed("code_gone")


CHECKS = (
    Check("session-fixation", Group.SESSION, Expected.KEPT_SECRET, "CWE-384, RFC 9700 4.7", _fixation),
    Check(
        "session-cookie",
        Group.SESSION,
        Expected.KEPT_SECRET,
        "RFC 6265bis 5.6, 8.8",
        _cookie,
        is_recommended=True,
    ),
    Check("tokens-hidden", Group.SESSION, Expected.KEPT_SECRET, "RFC 9700 4.2, RFC 6750 5.3", _tokens),
    Check(
        "code-in-address",
        Group.SESSION,
        Expected.KEPT_SECRET,
        "RFC 9700 4.2.4",
        _code_in_address,
        is_recommended=True,
    ),
)
