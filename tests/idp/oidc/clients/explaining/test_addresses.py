"""Addresses as people type them: what is wrong, and what to type instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.clients.explaining import addresses as words
from idp.oidc.clients.explaining.addresses import problem
from idp.oidc.clients.explaining.problems import Words
from idp.oidc.clients.uris import UriRefused, check_logout_uri, check_redirect_uri, check_web_uri

GOOD = "https://hall.example.cn/callback"


def check(uri: str, *, native: bool = False) -> None:
    check_redirect_uri(uri, native=native)


@pytest.mark.parametrize(
    ("typed", "wrong", "better"),
    [
        ("", words.EMPTY, None),
        (" https://hall.example.cn/callback\t", words.BLANKS_AROUND, GOOD),
        ("https：／／hall.example.cn／callback", words.FULL_WIDTH, GOOD),
        ("https://hall。example。cn/callback", words.FULL_WIDTH, GOOD),
        ("https://hall.example.cn/call\u200bback", words.UNSEEN, GOOD),
        ("\ufeffhttps://hall.example.cn/callback", words.UNSEEN, GOOD),
        ("https://hall.example.cn/call back", words.BLANK_WITHIN, None),
        ("https:\\\\hall.example.cn\\callback", words.BACKSLASH, GOOD),
        ("https://政务.cn/callback", words.HOST_IN_WORDS, "https://xn--zfr164b.cn/callback"),
        ("https://h\u0430ll.example.cn/callback", words.PASSES_FOR_ANOTHER, None),
        ("https://xn--hll-6cd.example.cn/callback", words.PASSES_FOR_ANOTHER, None),
        (
            "https://hall.example.cn/回调",
            words.NOT_ASCII,
            "https://hall.example.cn/%E5%9B%9E%E8%B0%83",
        ),
        (f"{GOOD}#", words.FRAGMENT, GOOD),
        (f"{GOOD}#/signed-in", words.FRAGMENT, GOOD),
        ("https://*.example.cn/callback", words.WILDCARD, None),
        ("https://hall.example.cn/*", words.WILDCARD, None),
        ("https://somebody@hall.example.cn/callback", words.USER_NAME, GOOD),
        ("https://hall.example.cn@evil.example/", words.USER_NAME, "https://evil.example/"),
        ("hall.example.cn/callback", words.NO_SCHEME, GOOD),
        ("//hall.example.cn/callback", words.NO_SCHEME, GOOD),
        ("hall.example.cn:8443/callback", words.NO_SCHEME, "https://hall.example.cn:8443/callback"),
        ("http://hall.example.cn/callback", words.PLAIN_HTTP, GOOD),
        ("javascript:alert(1)", words.NO_SERVER, None),
        ("JavaScript:alert(1)", words.NO_SERVER, None),
        ("data:text/html,<script>", words.NO_SERVER, None),
        ("cn.gov.example.app:/callback", words.OWN_SCHEME, None),
        ("ftp://hall.example.cn/", words.OTHER_SCHEME, None),
        ("https:///callback", words.NO_HOST, None),
        ("https://hall_ä.example.cn/", words.HOST_IN_WORDS, None),
        ("https://hall%2eexample.cn/", words.HOST_CHARACTERS, None),
        ("https://hall.example.cn:port/", words.UNREADABLE, None),
        (f"https://hall.example.cn/{'a' * 2100}", words.TOO_LONG, None),
    ],
)
def test_what_is_wrong_and_what_to_type(typed: str, wrong: Words, better: str | None) -> None:
    found = problem(typed, check)
    assert found is not None
    assert found[0] == wrong
    if wrong is not words.HOST_IN_WORDS or better:
        assert found[2] == better


@pytest.mark.parametrize("typed", [GOOD, "http://portal.localhost:5000/callback", "http://127.0.0.1/cb"])
def test_good_addresses_are_good(typed: str) -> None:
    assert problem(typed, check, hosts={"tax.example.cn"}) is None


def test_a_host_that_looks_like_another_apps() -> None:
    found = problem("https://ha1l.example.cn/callback", check, hosts={"hall.example.cn"})
    assert found == (words.LOOKS_LIKE, {"sent": "ha1l.example.cn", "other": "hall.example.cn"}, None)
    assert problem(GOOD, check, hosts={"hall.example.cn"}) is None


def test_an_apps_own_scheme_has_a_dot() -> None:
    found = problem("myapp:/callback", lambda uri: check(uri, native=True), native=True)
    assert found is not None
    assert found[0] == words.SCHEME_WITHOUT_DOT


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["https", "http", "://", "：／／", ":", "//", "hall", ".", "。", "cn", "/", "*", "#", "@", "\\"]
        ),
        st.sampled_from(
            [" ", "\u200b", "\u3000", "localhost", "xn--", "[::1]", "javascript", "?", "%", ":80"]
        ),
        st.text(max_size=4),
    ),
    max_size=12,
).map("".join)


@given(typed=PIECES, which=st.sampled_from(["redirect", "native", "web", "logout"]))
def test_whatever_is_typed_a_refusal_has_words_and_what_is_offered_is_good(typed: str, which: str) -> None:
    rule = {
        "redirect": check,
        "native": lambda uri: check(uri, native=True),
        "web": check_web_uri,
        "logout": lambda uri: check_logout_uri(uri, is_public=True),
    }[which]
    found = problem(typed, rule, native=which == "native")
    try:
        rule(typed)
    except UriRefused:
        assert found is not None
        wrong, values, better = found
        # A page fills in the values.
        assert (wrong.wrong % values) if values else wrong.wrong
        assert (wrong.mend % values) if values else wrong.mend
        if better is not None:
            rule(better)
            assert better != typed
    else:
        assert found is None
