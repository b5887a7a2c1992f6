"""Choosing by program: what docs/sandbox-outcomes.md promises, over HTTP, with the whole provider."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.locales.catalogues import translations
from idp.sandbox.outcomes.catalogue import CATALOGUE
from idp.sandbox.services import KEY as SANDBOX
from idp.sandbox.services import SandboxServices
from idp.settings import ROOT
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import CALLBACKS, HALL, ISSUER, PERSON, TAX, Site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]

ADDRESS = f"/sandbox/apps/{HALL}/outcomes"


class Program:
    """What drives an app's tests, with a test token."""

    def __init__(self, site: Site, client_id: str = HALL) -> None:
        self.client: FlaskClient = site.app.test_client()
        here: SandboxServices = site.app.extensions[SANDBOX]
        self.token, _ = here.app_tokens.make(client_id, "CI")

    def ask(self, method: str, address: str = ADDRESS, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.open(address, method=method, base_url=ISSUER, headers=headers, **more)

    def put(self, **said: Any) -> TestResponse:
        return self.ask("PUT", json=said)


@pytest.fixture
def program(site: Site) -> Program:
    return Program(site)


def test_a_program_chooses_and_reads_what_came_of_it(site: Site, program: Program) -> None:
    made = program.put(outcomes=["redirect_wrong_state"])
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    assert made.json is not None
    assert (made.json["outcomes"], made.json["left"], made.json["runs"]) == (["redirect_wrong_state"], 1, [])
    visitor = site.visitor().authorize(HALL, scope="openid")
    visitor.sign_in(PERSON).agree()
    assert visitor.url.startswith(CALLBACKS[HALL])
    assert visitor.query["state"] != "the-state"
    form = {
        "grant_type": "authorization_code",
        "client_id": HALL,
        "code": visitor.query["code"],
        "redirect_uri": CALLBACKS[HALL],
        "code_verifier": "v" * 43,
    }
    answer = visitor.client.post("/oauth2/token", data=form, base_url=ISSUER)
    assert answer.status_code == 200
    state = program.ask("GET").json
    assert state is not None
    (run,) = state["runs"]
    assert [one["what"] for one in run["observed"]] == ["answered", "token_requested"]
    assert (run["answer"], run["fault_seen"], state["left"]) == ("code", True, 0)
    assert [event["by"] for event in site.events("sandbox_outcomes_chosen")] == ["program"]


def test_it_switches_off(site: Site, program: Program) -> None:
    program.put(outcomes=["level_unmet"], sign_ins=None)
    assert program.ask("DELETE").status_code == 204
    state = program.ask("GET").json
    assert state is not None
    assert (state["script"], state["outcomes"], state["expires_at"]) == (None, [], None)
    assert program.ask("DELETE").status_code == 204
    assert len(site.events("sandbox_outcomes_ended")) == 1


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"outcomes": []},
        {"outcomes": ["no_such_thing"]},
        {"outcomes": "level_unmet"},
        {"outcomes": [1]},
        {"outcomes": ["level_unmet", "consent_refused"]},
        {"outcomes": ["level_unmet"] * 9},
        {"outcomes": ["level_unmet"], "sign_ins": 0},
        {"outcomes": ["level_unmet"], "sign_ins": 101},
        {"outcomes": ["level_unmet"], "sign_ins": True},
        {"outcomes": ["level_unmet"], "sign_ins": "1"},
        {"outcomes": ["level_unmet"], "seconds": 1},
        {"outcomes": ["slow_token"]},
        {"outcomes": ["slow_token"], "seconds": 11},
        {"outcomes": ["slow_token"], "seconds": 0},
        {"outcomes": ["level_unmet"], "client_id": "another"},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(program: Program, said: dict[str, Any]) -> None:
    answer = program.put(**said)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"] == "invalid_script"
    assert answer.json["error_description"]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"[" * 3000, b'{"outcomes": NaN}'])
def test_bodies_that_are_no_objects(program: Program, body: bytes) -> None:
    assert program.ask("PUT", data=body, content_type="application/json").status_code == 422


def test_bodies_of_another_kind_and_size(program: Program) -> None:
    assert program.ask("PUT", data={"outcomes": "x"}).status_code == 415
    long = json.dumps({"outcomes": ["x" * 5000]})
    assert program.ask("PUT", data=long, content_type="application/json").status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_token_of_another_app_is_as_good_as_none(site: Site, program: Program, method: str) -> None:
    other = Program(site, TAX)
    answers = [other.ask(method, json={"outcomes": ["level_unmet"]})]
    for wrong in ("", "yts_0_" + "x" * 43, other.token.replace("yts_0", "yts_9"), "yts_0_" + "x" * 4000):
        other.token = wrong
        answers.append(other.ask(method, json={"outcomes": ["level_unmet"]}))
    for client_id in ("nobody", "{hall}", "x" * 65, "%E4%BD%A0"):
        answers.append(program.ask(method, address=f"/sandbox/apps/{client_id}/outcomes", json={}))
    assert program.ask(method, address="/sandbox/apps/%00/outcomes", json={}).status_code in {401, 404}
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert all('error="invalid_token"' in answer.headers["WWW-Authenticate"] for answer in answers)


def test_a_token_ends(site: Site, program: Program) -> None:
    site.clock.advance(90 * 86400 + 1)
    assert program.ask("GET").status_code == 401


def test_an_app_has_a_few_tokens_at_once(site: Site) -> None:
    from idp.sandbox.outcomes.app_tokens import TooMany

    tokens = site.app.extensions[SANDBOX].app_tokens
    made = [tokens.make(HALL, f"token {n}")[0] for n in range(5)]
    with pytest.raises(TooMany):
        tokens.make(HALL, "one more")
    assert [one.name for one in tokens.of(HALL)] == [f"token {n}" for n in range(5)]
    assert tokens.withdraw(HALL, 2)
    assert [tokens.opens(HALL, text) is not None for text in made] == [True, True, False, True, True]
    fresh, _ = tokens.make(HALL, "another")
    assert tokens.opens(HALL, fresh) is not None
    assert tokens.opens(HALL, made[2]) is None


def test_the_catalogue_is_for_anybody_and_the_document_says_the_same(site: Site) -> None:
    answer = site.app.test_client().get("/sandbox/outcomes", base_url=ISSUER)
    assert answer.json is not None
    names = [one["name"] for one in answer.json["outcomes"]]
    assert names == [one.name for one in CATALOGUE]
    document = (ROOT / "docs" / "sandbox-outcomes.md").read_text("utf-8")
    for one in CATALOGUE:
        row = f"| `{one.name}` | `{one.place}` | {one.words} | `{one.correct}` | {one.section} |"
        assert row in document, one.name


def test_the_document_says_the_same_in_chinese() -> None:
    document = (ROOT / "docs/site/zh-CN/depth/sandbox-outcomes.md").read_text("utf-8")
    words = translations("zh-CN").gettext
    for one in CATALOGUE:
        section = re.sub(r" section ([\d.]+)", r" 第 \1 节", one.section)
        row = f"| `{one.name}` | `{one.place}` | {words(one.words)} | `{one.correct}` | {section} |"
        assert row in document, row


def test_the_answer_to_a_program_sets_no_cookie(program: Program) -> None:
    assert "Set-Cookie" not in program.put(outcomes=["level_unmet"]).headers
