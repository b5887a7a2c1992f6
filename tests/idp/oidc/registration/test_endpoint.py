"""A client registers, reads, replaces and ends its registration (RFC 7591, RFC 7592)."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from idp import create_app, sessions, settings
from idp.oidc.clients.models import ClientRecord
from idp.oidc.registration import initial_tokens, records
from idp.oidc.registration.initial_tokens import InitialAccessToken
from idp.oidc.room import KEY
from idp.oidc.sharing import Consent
from tests.fakes import FakeClock
from tests.idp.oidc.clients.secret_rows import secrets_of
from tests.idp.oidc.clients.signing import jwks_of, new_key, signed
from tests.idp.oidc.conftest import NOW
from tests.idp.oidc.registration.registering import (
    APP,
    FAIR,
    Desk,
    answering,
    body_of,
    count,
    opened,
)
from tests.idp.oidc.world import CHALLENGE, HALL, World, fields_of, path_of


def test_a_client_that_registered_itself_signs_people_in(desk: Desk) -> None:
    client = desk.made()
    # RFC 7591 section 3.2.1: seconds since 1970.
    assert client["client_secret_expires_at"] == int((NOW + timedelta(days=365)).timestamp())
    assert client["client_id_issued_at"] == int(desk.world.clock().timestamp())
    assert client["registration_client_uri"] == f"https://id.example/oauth2/register/{client['client_id']}"
    assert client["token_endpoint_auth_method"] == "client_secret_basic"
    assert client["redirect_uris"] == [APP]
    desk.world.sign_in()
    tokens = desk.signed_in(client)
    assert json.loads(desk.world.userinfo(tokens["access_token"]).body)["name"]
    [event] = desk.world.events("client_self_registered")
    assert event.client_id == client["client_id"]


def test_what_is_registered_is_kept_as_digests_alone(desk: Desk) -> None:
    client = desk.made()
    with desk.world.provider.sessions() as session:
        row = session.get_one(ClientRecord, client["client_id"])
        [kept] = secrets_of(session, row.client_id)
        stored = json.dumps([row.metadata_json, kept.mac, row.registration_mac])
    assert kept.secret_sealed is None
    assert client["client_secret"] not in stored
    assert client["registration_access_token"] not in stored


def test_off_it_is_nowhere(world: World) -> None:
    desk = opened(world, "off")
    assert desk.post().status == 404
    assert desk.ask("GET", client_id=HALL, token="any").status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_not_allowed(desk: Desk, method: str) -> None:
    assert desk.ask(method).status == 405


def test_a_public_client_gets_no_secret(desk: Desk) -> None:
    client = desk.made({"token_endpoint_auth_method": "none"})
    assert not {"client_secret", "client_secret_expires_at"} & client.keys()


def test_a_client_with_keys_of_its_own_gets_no_secret_and_may_use_them(desk: Desk) -> None:
    key = new_key()
    client = desk.made({"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks_of(key)})
    assert "client_secret" not in client
    found = desk.world.provider.clients.find(client["client_id"])
    assert found is not None
    assert found.metadata.jwks == jwks_of(key)


def test_unknown_members_are_ignored_and_null_is_nothing(desk: Desk) -> None:
    client = desk.made({"favourite_colour": "blue", "jwks_uri": None, "client_id": "mine"})
    assert "favourite_colour" not in client
    assert "jwks_uri" not in client
    assert client["client_id"] != "mine"


def test_names_come_in_languages(desk: Desk) -> None:
    client = desk.made({"client_name#zh-CN": "明天下雨", "policy_uri#en": "https://app.example/policy"})
    assert client["client_name#zh-CN"] == "明天下雨"
    assert client["policy_uri#en"] == "https://app.example/policy"


def test_without_a_name_it_is_called_by_its_host(desk: Desk) -> None:
    assert desk.made({"client_name": None})["client_name"] == "app.example"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://app.example/callback"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example/callback#part"]}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://app.example/callback"}, "invalid_client_metadata"),
        ({"redirect_uris": [APP, "https://other.example/callback"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_of_my_own"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"id_token_signed_response_alg": "none"}, "invalid_client_metadata"),
        ({"id_token_signed_response_alg": "HS256"}, "invalid_client_metadata"),
        ({"request_object_encryption_alg": "RSA-OAEP"}, "invalid_client_metadata"),
        ({"jwks": {"keys": []}}, "invalid_client_metadata"),
        ({"jwks": {"keys": [new_key().as_dict(private=True)]}}, "invalid_client_metadata"),
        ({"contacts": ["nobody"]}, "invalid_client_metadata"),
        ({"policy_uri": "javascript:alert(1)"}, "invalid_client_metadata"),
        ({"require_auth_time": "yes"}, "invalid_client_metadata"),
        ({"default_max_age": -1}, "invalid_client_metadata"),
        ({"initiate_login_uri": "https://elsewhere.example/in"}, "invalid_client_metadata"),
        ({"initiate_login_uri": "http://localhost:8443/in"}, "invalid_client_metadata"),
        ({"initiate_login_uri": "https://[/in"}, "invalid_client_metadata"),
        ({"request_uris": ["https://elsewhere.example/r.jwt"]}, "invalid_client_metadata"),
        ({"request_uris": ["http://localhost:8443/r.jwt"]}, "invalid_client_metadata"),
        ({"request_uris": ["https://[/r.jwt"]}, "invalid_client_metadata"),
        ({"request_uris": ["https://app.example/r.jwt#latest"]}, "invalid_client_metadata"),
        ({"request_uris": ["https://app.example/r.jwt"] * 21}, "invalid_client_metadata"),
        ({"request_object_encryption_alg": "RSA1_5"}, "invalid_client_metadata"),
        ({"request_object_encryption_enc": "A128GCM"}, "invalid_client_metadata"),
        ({"response_modes": ["web_message"]}, "invalid_client_metadata"),
        ({"default_max_age": True}, "invalid_client_metadata"),
        ({"software_statement": "not a token"}, "invalid_software_statement"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code(desk: Desk, changes: dict[str, Any], error: str) -> None:
    assert desk.refusal(changes) == error
    assert desk.world.events("registration_refused")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"client_name": "\\ud800"}', b"[" * 60000],
)
def test_what_is_no_object_is_refused(desk: Desk, body: bytes) -> None:
    assert body_of(desk.ask("POST", body=body))["error"] == "invalid_client_metadata"


def test_a_form_is_no_registration(desk: Desk) -> None:
    refused = desk.ask("POST", FAIR, content_type="application/x-www-form-urlencoded")
    assert body_of(refused)["error"] == "invalid_request"


def test_defaults_count_where_a_request_is_silent(desk: Desk) -> None:
    client, world = desk.made({"default_max_age": 60, "default_acr_values": ["urn:yitong:acr:3"]}), desk.world
    client_id, uri = client["client_id"], client["redirect_uris"][0]
    world.sign_in(level=3, method="face")
    assert path_of(world.authorize(client_id, redirect_uri=uri)) == "/consent"
    world.clock.advance(61)
    assert path_of(world.authorize(client_id, redirect_uri=uri)) == "/login"
    assert path_of(world.authorize(client_id, redirect_uri=uri, max_age="600")) == "/consent"
    world.sign_in(level=2)
    assert path_of(world.authorize(client_id, redirect_uri=uri)) == "/login/presence"
    assert path_of(world.authorize(client_id, redirect_uri=uri, acr_values="urn:yitong:acr:2")) == "/consent"


def test_an_initial_token_is_needed_where_the_setting_says_so(world: World) -> None:
    desk = opened(world, "initial_access_token")
    missing, wrong = desk.post(), desk.post(token="made up")
    assert (missing.status, missing.body) == (401, b"")
    assert (wrong.status, body_of(wrong)["error"]) == (401, "invalid_token")
    token = desk.initial_token(uses=2)
    assert desk.post({"redirect_uris": ["nonsense"]}, token=token).status == 400
    assert [desk.post(token=token).status for _ in range(3)] == [201, 201, 401]
    [first, _] = world.events("client_self_registered")
    assert json.loads(first.payload)["initial_token_id"]


def test_an_initial_token_ends_with_its_time_and_is_swept(world: World) -> None:
    desk = opened(world, "initial_access_token")
    token = desk.initial_token(days=1)
    world.clock.advance(86400)
    assert desk.post(token=token).status == 401
    with world.provider.sessions.begin() as session:
        assert initial_tokens.sweep(session, world.clock()) == 1
    assert count(world, InitialAccessToken) == 0


def test_a_software_statement_counts_before_what_the_client_says(world: World) -> None:
    key, issuer = new_key(), "https://apps.example.gov.cn"
    uri = f"{issuer}/jwks"
    desk = opened(world, fetch=answering({uri: jwks_of(key)}), software_statement_issuers={issuer: uri})
    statement = signed(key, {"iss": issuer, "client_name": "Checked rain", "scope": "openid resident_number"})
    client = desk.made({"software_statement": statement})
    assert client["client_name"] == "Checked rain"
    assert client["software_statement"] == statement
    assert client["scope"] == "openid"
    now = int(world.clock().timestamp())
    for claims in ({"iss": issuer, "exp": now}, {"iss": issuer, "nbf": now + 60}, {"client_name": "x"}):
        assert desk.refusal({"software_statement": signed(key, claims)}) == "invalid_software_statement"
    forged = signed(new_key(), {"iss": issuer})
    assert desk.refusal({"software_statement": forged}) == "invalid_software_statement"
    stranger = signed(key, {"iss": "https://elsewhere.example"})
    assert desk.refusal({"software_statement": stranger}) == "unapproved_software_statement"


def test_what_nobody_uses_is_dropped(desk: Desk) -> None:
    used, world = desk.made(), desk.world
    desk.made()
    world.sign_in()
    desk.signed_in(used)
    world.clock.advance(90 * 86400)
    with world.provider.sessions.begin() as session:
        assert records.sweep(session, world.clock(), days=90) == 1
        assert session.get(ClientRecord, used["client_id"]) is not None
        assert session.get(ClientRecord, HALL) is not None
    [event] = world.events("client_deleted")
    assert json.loads(event.payload)["reason"] == "unused"


def test_pkce_is_left_out_only_where_the_setting_and_a_secret_allow_it(world: World) -> None:
    desk = opened(world)
    strict = desk.made()
    desk = opened(world, registration_requires_pkce=False)
    lax, public = desk.made(), desk.made({"token_endpoint_auth_method": "none"})
    needs = [world.provider.clients.find(one["client_id"]) for one in (strict, lax, public)]
    assert [one is not None and one.metadata.require_pkce for one in needs] == [True, False, True]


def test_the_browsers_door_speaks_json(app: Flask) -> None:
    client = app.test_client()
    found = client.post("/oauth2/register", json=dict(FAIR), base_url="https://id.example")
    assert found.status_code == 404
    assert found.is_json
    assert client.get("/oauth2/register/x", base_url="https://id.example").status_code == 404


def test_the_person_decides_on_every_line(desk: Desk) -> None:
    client, world = desk.made(), desk.world
    world.sign_in()
    uri = client["redirect_uris"][0]
    asked = world.authorize(
        client["client_id"],
        redirect_uri=uri,
        scope="openid phone",
        claims='{"userinfo": {"name": {"essential": true}}}',
    )
    assert "code" in fields_of(world.agree(asked, chosen=()))
    with world.provider.sessions() as session:
        assert session.scalars(select(Consent)).one().scopes == ["openid"]


def test_the_consent_page_says_that_nobody_has_checked(
    prepared: tuple[Path, str], master_document: str, tmp_path: Path, clock: FakeClock
) -> None:
    shutil.copy(prepared[0], tmp_path / "idp.db")
    (tmp_path / "master.json").write_text(master_document)
    environment = {
        "IDP_ISSUER": "https://id.example",
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
        "IDP_PROTOCOL__REGISTRATION": "open",
    }
    app = create_app(settings.load(environment), clock=clock)
    browser, services = app.test_client(), app.extensions["yitong"]
    made = browser.post("/oauth2/register", json=dict(FAIR), base_url="https://id.example")
    assert made.status_code == 201, made.text
    world = World(app.extensions[KEY], services.engine, clock, prepared[1])
    world.sign_in()
    browser.set_cookie(sessions.COOKIE, world.cookies[sessions.COOKIE], domain="id.example", secure=True)
    asked = {
        "client_id": made.json["client_id"],
        "redirect_uri": APP,
        "response_type": "code",
        "scope": "openid profile",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    words = {"en": "Not verified", "zh-CN": "未经核实", "zh-Hant": "未經核實"}
    for locale, expected in words.items():
        query = {**asked, "ui_locales": locale}
        page = browser.get(
            "/oauth2/authorize", query_string=query, base_url="https://id.example", follow_redirects=True
        )
        assert expected in page.text
        assert "Rain tomorrow (app.example)" in page.text
    services.audit.close()
    services.store.close()
    services.engine.dispose()
