"""What the wizard begins each kind of app with: valid, whole, and good for a sign-in."""

import json
from typing import Any

import pytest

from idp.apps.kinds import KINDS, OF_KIND, Kind, KindOfApp
from idp.crypto.digests import from_base64url
from idp.crypto.master_key import MasterKeys
from idp.oidc.clients.metadata import ClientMetadata, read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.http import Response
from idp.oidc.provider import CLIENT_SECRET_USE
from tests.idp.oidc.clients.secret_rows import secret_row
from tests.idp.oidc.conftest import (
    NAME,
    NOW,
    clock,
    configuration,
    engine,
    master_document,
    master_keys,
    prepared,
    world,
)
from tests.idp.oidc.device.kiosk import Kiosk, Phone
from tests.idp.oidc.world import VERIFIER, World, basic, fields_of

__all__ = ["clock", "configuration", "engine", "master_document", "master_keys", "prepared", "world"]

FRESH, SECRET = "fresh", "a-secret-of-the-machine"
PUBLIC = {Kind.SINGLE_PAGE, Kind.NATIVE, Kind.KIOSK}
SENT = [(one, address) for one in KINDS for address in one.returns]
"""Each kind whose people are sent to us, with each place that they may come back to."""


def metadata_of(kind: KindOfApp, address: str | None = None, **more: Any) -> ClientMetadata:
    uris = {"redirect_uris": [address or kind.returns[0]]} if kind.returns else {}
    whose = {"client_id": FRESH, "sector": "fresh.example", "client_name": "A new app"}
    return read({**whose, **uris, **kind.fields, **more})


class NewApp:
    """The app's own side, by nothing but what it was registered with."""

    def __init__(self, world: World, keys: MasterKeys, metadata: ClientMetadata) -> None:
        self.world, self.metadata = world, metadata
        row = ClientRecord(
            client_id=FRESH,
            sector=metadata.sector,
            metadata_json=metadata.to_json(),
            created_at=NOW,
            updated_at=NOW,
        )
        with world.provider.sessions.begin() as session:
            session.add(row)
            session.flush()
            if metadata.has_secret:
                session.add(secret_row(keys.derived(CLIENT_SECRET_USE), FRESH, SECRET, NOW))

    def ask(self, **form: str) -> Response:
        if self.metadata.has_secret:
            return self.world.post("/oauth2/token", form, authorization=basic(FRESH, SECRET))
        return self.world.post("/oauth2/token", {**form, "client_id": FRESH})

    def signed_in(self, address: str, **asked: str | None) -> Response:
        """The answer of the token endpoint, for a person who has agreed."""
        scope = self.metadata.scope
        code = self.world.code(FRESH, redirect_uri=address, scope=scope, **asked)
        return self.ask(
            grant_type="authorization_code", code=code, redirect_uri=address, code_verifier=VERIFIER
        )


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.kind)
def test_each_kind_is_a_valid_registration(kind: KindOfApp) -> None:
    for address in kind.returns or (None,):
        metadata = metadata_of(kind, address)
        assert metadata.is_public == (kind.kind in PUBLIC)
        assert metadata.rules.pkce_always
        assert {choice.field for choice in kind.choices} <= ClientMetadata.model_fields.keys()


def test_the_table_knows_every_kind_and_says_why_of_each_choice() -> None:
    assert set(OF_KIND) == set(Kind)
    for kind in KINDS:
        assert {
            "profile",
            "token_endpoint_auth_method",
            "grant_types",
            "dpop_bound_access_tokens",
            "scope",
        } <= (kind.fields.keys())
        assert len(kind.fields) == len(kind.choices)
        assert all(len(choice.why) > 20 for choice in kind.choices)
        assert ("minimum_level" in kind.fields) == kind.has_people


@pytest.mark.parametrize(
    ("kind", "address", "said"),
    [
        (Kind.PORTAL, "http://portal.localhost:5000/callback", "http is allowed while you build"),
        (Kind.PORTAL, "https://hall.example.gov.cn/callback", "an https address of yours"),
        (Kind.MINI_PROGRAM, "http://127.0.0.1:5000/callback", "http is allowed while you build"),
        (Kind.NATIVE, "http://127.0.0.1/callback", "section 7.3"),
        (Kind.NATIVE, "cn.gov.example.app:/callback", "section 7.1"),
        (Kind.NATIVE, "https://app.example.gov.cn/callback", "section 7.2"),
        (Kind.MACHINE, None, ""),
    ],
)
def test_the_reason_speaks_of_the_address_that_was_typed(kind: Kind, address: str | None, said: str) -> None:
    whys = {choice.field: choice.because(address) for choice in OF_KIND[kind].choices}
    assert said in whys.get("application_type", "")


@pytest.mark.parametrize(("kind", "address"), SENT, ids=str)
def test_people_sign_in_by_what_the_wizard_chose(
    world: World, master_keys: MasterKeys, kind: KindOfApp, address: str
) -> None:
    app = NewApp(world, master_keys, metadata_of(kind, address))
    world.sign_in()
    answer = app.signed_in(address)
    assert answer.status == 200, answer.body
    tokens = json.loads(answer.body)
    assert json.loads(from_base64url(tokens["id_token"].split(".")[0]))["alg"] == "ES256"
    assert json.loads(world.userinfo(tokens["access_token"]).body)["name"] == NAME
    assert ("refresh_token" in tokens) == (kind.kind is Kind.NATIVE)
    if "refresh_token" in tokens:
        again = app.ask(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        assert again.status == 200, again.body


def test_an_app_listens_at_any_port_of_its_own_machine(world: World, master_keys: MasterKeys) -> None:
    """RFC 8252 section 7.3."""
    app = NewApp(world, master_keys, metadata_of(OF_KIND[Kind.NATIVE], "http://127.0.0.1/callback"))
    world.sign_in()
    assert app.signed_in("http://127.0.0.1:51004/callback").status == 200


@pytest.mark.parametrize(("kind", "address"), SENT, ids=str)
def test_without_pkce_nobody_begins(
    world: World, master_keys: MasterKeys, kind: KindOfApp, address: str
) -> None:
    NewApp(world, master_keys, metadata_of(kind, address))
    refused = world.authorize(FRESH, redirect_uri=address, code_challenge=None, code_challenge_method=None)
    assert fields_of(refused)["error"] == "invalid_request"


def test_a_machine_gets_tokens_for_itself(world: World, master_keys: MasterKeys) -> None:
    kind = OF_KIND[Kind.MACHINE]
    app = NewApp(world, master_keys, metadata_of(kind, scope="licences:read"))
    answer = app.ask(grant_type="client_credentials")
    assert answer.status == 200, answer.body
    assert json.loads(answer.body)["scope"] == "licences:read"


def test_a_machine_begins_without_any_scope(world: World, master_keys: MasterKeys) -> None:
    app = NewApp(world, master_keys, metadata_of(OF_KIND[Kind.MACHINE]))
    assert app.ask(grant_type="client_credentials").status == 200


def test_somebody_answers_a_kiosk_by_phone(world: World, master_keys: MasterKeys) -> None:
    NewApp(world, master_keys, metadata_of(OF_KIND[Kind.KIOSK]))
    kiosk, phone = Kiosk(world, FRESH), Phone(world)
    assert kiosk.ask(scope="openid").status == 200
    world.sign_in()
    phone.approve(kiosk.user_code)
    answer = kiosk.poll()
    assert answer.status == 200, answer.body
    assert json.loads(answer.body).keys() >= {"access_token", "id_token"}
