"""Which language a page has, and how a person switches it."""

from datetime import UTC, datetime

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from idp import locales


@pytest.fixture
def app() -> Flask:
    app = Flask("idp")
    locales.init_app(app, default_locale="zh-CN")

    @app.get("/page")
    def page() -> str:
        locales.hint(locales.request.args.get("ui_locales"))
        return locales.current_locale()

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("zh", "zh-CN"),
        ("zh-CN", "zh-CN"),
        ("zh-Hans-HK", "zh-CN"),
        ("zh-SG", "zh-CN"),
        ("zh-TW", "zh-Hant"),
        ("zh_HK", "zh-Hant"),
        ("ZH-hant", "zh-Hant"),
        ("en-GB", "en"),
        ("fr", None),
        ("", None),
    ],
)
def test_match(tag: str, found: str | None) -> None:
    assert locales.match(tag) == found


def test_the_setting_counts_last(client: FlaskClient) -> None:
    assert client.get("/page").text == "zh-CN"
    assert client.get("/page", headers={"Accept-Language": "fr"}).text == "zh-CN"


def test_accept_language_in_order_of_quality(client: FlaskClient) -> None:
    accepted = {"Accept-Language": "fr, en;q=0.5, zh-TW;q=0.8"}
    assert client.get("/page", headers=accepted).text == "zh-Hant"


def test_ui_locales_come_before_the_browser(client: FlaskClient) -> None:
    answer = client.get("/page?ui_locales=fr+zh-TW+en", headers={"Accept-Language": "en"})
    assert answer.text == "zh-Hant"


def switch(client: FlaskClient, tag: str, target: str) -> TestResponse:
    return client.get(f"/locale/{tag}", query_string={"next": target}, base_url="https://idp.example")


def test_the_switch_keeps_the_page_and_wins_from_then_on(client: FlaskClient) -> None:
    answer = switch(client, "en", "/page?ui_locales=zh-TW")
    assert (answer.status_code, answer.location) == (303, "/page?ui_locales=zh-TW")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-locale=en;")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert client.get(answer.location, base_url="https://idp.example").text == "en"


def test_a_cookie_of_another_make_is_ignored(client: FlaskClient) -> None:
    client.set_cookie("__Host-locale", "../en")
    assert client.get("/page").text == "zh-CN"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "page", "", "/\t/evil.example"]
)
def test_the_switch_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    assert switch(client, "en", target).status_code == 404


def test_an_unknown_language_is_not_found(client: FlaskClient) -> None:
    assert switch(client, "fr", "/page").status_code == 404


@given(st.text(max_size=40))
def test_local_targets_are_plain_paths(target: str) -> None:
    if locales.is_local(target):
        assert target.startswith("/")
        assert not target.startswith(("//", "/\\"))


def test_links_carry_the_query(app: Flask) -> None:
    with app.test_request_context("/page?interaction=abc"):
        links = locales.links()
    assert [link["tag"] for link in links] == ["zh-CN", "zh-Hant", "en"]
    assert {link["next"] for link in links} == {"/page?interaction=abc"}
    assert [link["current"] for link in links] == [True, False, False]


def test_words_in_each_language(app: Flask) -> None:
    source = '{{ _("Password") }}|{% trans count=2 %}{{ count }}{% endtrans %}'
    with app.test_request_context("/"):
        assert render_template_string(source) == "密码|2"
    assert locales.gettext_in("zh-Hant", "Password") == "密碼"
    assert locales.gettext_in("en", "Password") == "Password"


def test_values_are_escaped_in_pages(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        shown = render_template_string('{{ _("Back to %(portal)s", portal="<b>") }}')
    assert shown == "Back to &lt;b&gt;"


def test_outside_a_request_words_are_english() -> None:
    assert locales.current_locale() == "en"
    assert locales.gettext("Password") == "Password"


def test_times_are_china_s(app: Flask) -> None:
    at = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)
    with app.test_request_context("/"):
        assert locales.show_date(at) == "2026年11月22日"
        assert locales.show_datetime(at) == "2026-11-22 01:05"


def test_large_numbers_have_their_thousands_parted(app: Flask) -> None:
    for tag in locales.TAGS:
        with app.test_request_context("/page", headers={"Accept-Language": tag}):
            assert locales.show_number(1234567) == "1,234,567"
            assert "12,000" in locales.ngettext("%(num)s day", "%(num)s days", 12000)
            assert "999" in locales.ngettext("%(num)s day", "%(num)s days", 999)
