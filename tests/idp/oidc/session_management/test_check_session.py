"""The page of the frame: the one page of ours that others may frame, and good for nothing else."""

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from flask import Flask

from idp.oidc.endpoints import discovery, served
from idp.oidc.http import Request
from idp.oidc.session_management.check_session import PATH
from tests.idp.oidc.world import World


class Scripts(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["script"] and data.strip():
            self.texts.append(data)


def test_its_policy_allows_its_one_script_and_nothing_else(world: World) -> None:
    page = world.endpoints[PATH](Request("GET", PATH))
    found = Scripts(page.body.decode())
    assert found.tags == ["html", "title", "script"]
    (script,) = found.texts
    digest = b64encode(sha256(script.encode()).digest()).decode()
    headers = dict(page.headers)
    policy = dict(one.split(" ", 1) for one in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": f"'sha256-{digest}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "*",
    }
    assert not {"X-Frame-Options", "Set-Cookie", "Access-Control-Allow-Origin"} & set(headers)


@pytest.mark.parametrize("path", ["/login", "/consent", "/account", "/logout", "/oauth2/authorize"])
def test_attack_another_page_is_put_into_a_frame(app: Flask, path: str) -> None:
    page = app.test_client().get(path, base_url="https://id.example")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"


def test_it_reads_and_nothing_can_be_sent_to_it(world: World) -> None:
    assert world.endpoints[PATH](Request("HEAD", PATH)).status == 200
    assert world.endpoints[PATH](Request("POST", PATH)).status == 405


def test_switched_off_it_is_neither_there_nor_advertised(world: World) -> None:
    protocol = world.provider.protocol.model_copy(update={"session_management": False})
    table = served.table(replace(world.provider, protocol=protocol))
    assert table[PATH](Request("GET", PATH)).status == 404
    assert "check_session_iframe" not in json.loads(discovery.document("https://id.example", protocol))
