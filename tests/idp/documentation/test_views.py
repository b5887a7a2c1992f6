"""The pages at /docs: languages, versions, Markdown, search, and what may be kept."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.documentation.editions import BundleWrong, bundles, of_bundle
from idp.documentation.library import Library
from idp.documentation.views import KEY
from tests.idp.oidc.conftest import (
    app,
    clock,
    configuration,
    engine,
    master_document,
    master_keys,
    prepared,
)

__all__ = ["app", "clock", "configuration", "engine", "master_document", "master_keys", "prepared"]

OLDER = {
    "version": "0.0.9",
    "titles": {"index": "當時"},
    "sections": [
        {"names": {"en": "Begin", "zh-CN": "开始", "zh-Hant": "開始"}, "paths": ["index", "old/page"]}
    ],
    "pages": {
        "en": {
            "index": "# Then\n[a page](old/page.md)",
            "old/page": "# An old page\n<script>alert(1)</script>",
        },
        "zh-CN": {"index": "# 当时"},
    },
}


@pytest.fixture
def client(app: Flask, tmp_path: Path) -> FlaskClient:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "0.0.9.json").write_text(json.dumps(OLDER), "utf-8")
    client = app.test_client()
    client.get("/docs/en/")
    current = app.extensions[KEY].current
    app.extensions[KEY] = Library(lambda: current, lambda: bundles(kept))
    return client


@pytest.mark.parametrize(
    ("header", "language"),
    [("zh-CN", "zh-CN"), ("zh-TW", "zh-Hant"), ("en-GB", "en"), ("fr", "zh-CN")],
)
def test_it_begins_in_the_readers_language(client: FlaskClient, header: str, language: str) -> None:
    answer = client.get("/docs", headers={"Accept-Language": header})
    assert (answer.status_code, answer.location) == (302, f"/docs/{language}/")
    assert set(answer.vary) == {"Accept-Language", "Cookie"}


def test_a_page_may_be_kept_and_is_asked_for_by_its_tag(client: FlaskClient) -> None:
    answer = client.get("/docs/en/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in answer.headers
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    again = client.get("/docs/en/", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_is_the_same_for_everybody(client: FlaskClient) -> None:
    one = client.get("/docs/en/", headers={"Accept-Language": "zh-CN"}).data
    assert client.get("/docs/en/?x=<b>").data == one
    assert b'<html lang="en">' in one


def test_the_console_is_one_click_away_and_the_first_page_is(client: FlaskClient) -> None:
    for path in ("/docs/en/start/flask", "/docs/en/search", "/docs/0.0.9/en/old/page"):
        page = client.get(path).text
        assert '<a href="/developer" id="to-console">' in page
        home = re.search(r'<a href="([^"]+)" id="docs-home">', page)
        assert home
        assert client.get(home[1]).status_code == 200


def test_traditional_chinese_has_its_words_and_simplified_pages(client: FlaskClient) -> None:
    page = client.get("/docs/zh-Hant/").text
    assert '<html lang="zh-Hant">' in page
    assert '<article class="docs-article" lang="zh-CN">' in page
    assert 'id="other-language"' in page
    assert ">升級認證</a>" in page
    assert 'id="other-language"' not in client.get("/docs/zh-CN/").text


@pytest.mark.parametrize(
    "path", ["none", "en/none", "en/../../config/default.toml", "9.9.9/en/", "v1/en/", "en/index.md.md"]
)
def test_there_is_no_such_page(client: FlaskClient, path: str) -> None:
    assert client.get(f"/docs/{path}").status_code == 404


def test_every_page_is_there_as_markdown(client: FlaskClient) -> None:
    answer = client.get("/docs/en/index.md")
    assert answer.content_type == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# ")
    assert ":::" not in answer.text


def test_an_older_version_says_so_and_leads_to_this_one(client: FlaskClient) -> None:
    page = client.get("/docs/0.0.9/en/").text
    assert 'id="older-version"' in page
    assert 'name="robots" content="noindex"' in page
    assert '<a href="/docs/0.0.9/en/old/page">a page</a>' in page
    assert 'href="/docs/en/"' in page
    assert '"/docs/0.0.9/en/"' in client.get("/docs/en/").text
    # In the language of the page's reader where it was written in it.
    assert "当时" in client.get("/docs/0.0.9/zh-CN/").text
    assert "<script>alert" not in client.get("/docs/0.0.9/zh-CN/old/page").text


def test_this_version_has_one_address(client: FlaskClient, app: Flask) -> None:
    version = app.extensions[KEY].current.version
    answer = client.get(f"/docs/{version}/en/")
    assert (answer.status_code, answer.location) == (302, "/docs/en/")


def test_the_search_answers_without_a_script(client: FlaskClient) -> None:
    page = client.get("/docs/en/search?q=redirect_uri").text
    assert "docs-results" in page
    assert 'aria-current="page"' not in page, "no page of the menu is this one"
    assert "q%3Dredirect_uri" in page, "another language is asked the same"
    assert "&lt;b&gt;" in client.get("/docs/en/search?q=<b>none</b>").text
    assert "<mark>登录</mark>" in client.get("/docs/zh-Hant/search?q=登錄").text
    assert client.get("/docs/0.0.9/en/search?q=old").text.count("/docs/0.0.9/en/old/page") >= 2


def test_what_is_there_in_another_language_alone_is_apart(client: FlaskClient) -> None:
    apart = client.get("/docs/0.0.9/zh-CN/search?q=page").text
    assert '<li lang="en"><a href="/docs/0.0.9/zh-CN/old/page">' in apart.partition('id="others"')[2]
    assert 'id="results"' not in apart
    mine = client.get("/docs/0.0.9/zh-CN/search?q=当时").text
    assert '<li lang="zh-CN">' in mine.partition('id="results"')[2]
    assert 'id="others"' not in client.get("/docs/0.0.9/en/search?q=page").text


def test_what_is_not_found_here_may_be_elsewhere(client: FlaskClient) -> None:
    page = client.get("/docs/en/search?q=授权码").text
    assert 'id="nothing"' in page
    assert "/docs/zh-CN/search?q=%E6%8E%88" in page
    nowhere = client.get(f"/docs/en/search?q={'w' * 5000}").text
    assert "w" * 100 in nowhere
    assert "w" * 101 not in nowhere
    assert "/search?q=www" in nowhere, "another language is asked the same"
    assert 'hreflang="zh-CN">Found' not in nowhere


def test_the_index_names_addresses(client: FlaskClient) -> None:
    found = client.get("/docs/zh-CN/search.json").get_json()
    assert all(address.startswith("/docs/zh-CN/") for address, *_rest in found["places"])
    assert "登" in found["folded"][1] or "录" in found["folded"][1]


def test_programs_read_what_there_is(client: FlaskClient, app: Flask) -> None:
    text = client.get("/llms.txt").text
    assert client.get("/docs/llms.txt").text == text
    addresses = re.findall(r"\((http[^)]+)\)", text)
    assert addresses
    for address in addresses:
        path = address.removeprefix(app.config["ISSUER"])
        assert client.get(path).content_type == "text/markdown; charset=utf-8", path
    places = re.findall(r"<loc>([^<]+)</loc>", client.get("/docs/sitemap.xml").text)
    assert {client.get(place.removeprefix(app.config["ISSUER"])).status_code for place in places} == {200}


@pytest.mark.parametrize(
    "change",
    [
        {"version": "../0.1"},
        {"version": "next"},
        {"pages": {"en": {"index": "# A"}}},
        {"pages": {"en": {"index": "# A", "old/page": "# B"}, "fr": {}}},
        {"pages": []},
        {"sections": [{"names": {"en": "A"}, "paths": ["index"]}]},
        {"sections": [{"names": {}, "paths": ["../index"]}]},
    ],
)
def test_a_bundle_that_is_wrong_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(OLDER | change), "utf-8")
    with pytest.raises(BundleWrong):
        of_bundle(file)
