"""Who registers to reach, to read or to be what is not theirs (RFC 7591 section 5, RFC 9700)."""

import json
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from idp.oidc.clients.changes.manifests import apply
from idp.oidc.clients.fields.scope import OFFLINE_ACCESS
from idp.oidc.clients.metadata import WEB_URIS
from idp.oidc.clients.models import ClientRecord
from idp.oidc.clients.own_places import FIELDS
from idp.oidc.registration.policy import MAY_CHOOSE
from idp.oidc.sharing import Consent
from tests.idp.oidc.registration.registering import (
    APP,
    Desk,
    answering,
    body_of,
    opened,
    replacement,
)
from tests.idp.oidc.world import World

SECTOR = "https://app.example/sector.json"


def sector_of(desk: Desk, client: dict[str, Any]) -> str:
    with desk.world.provider.sessions() as session:
        return session.get_one(ClientRecord, client["client_id"]).sector


@pytest.mark.parametrize("document", [{"uris": [APP]}, [], ["https://other.example/"], None, "x"])
def test_a_sector_document_that_does_not_name_the_addresses(world: World, document: Any) -> None:
    desk = opened(world, fetch=answering({SECTOR: document}))
    assert desk.refusal({"sector_identifier_uri": SECTOR}) == "invalid_client_metadata"


# Posing as somebody else


@pytest.mark.parametrize("host", ["id.example", "id.example:8443", "1d.example", "ID.example"])
def test_attack_the_answer_seems_to_go_to_the_provider_itself(world: World, host: str) -> None:
    """The consent page names the host: by ours, or one that the eye takes for it, we would vouch."""
    desk = opened(world)
    assert desk.refusal({"redirect_uris": [f"https://{host}/callback"]}) == "invalid_client_metadata"


@pytest.mark.parametrize("name", sorted(FIELDS & (MAY_CHOOSE | WEB_URIS) - {"redirect_uris"}))
def test_attack_what_a_registration_names_is_ours(world: World, name: str) -> None:
    """Our logo, our policy, our keys; and we would ask ourselves for a document, or tell ourselves of it."""
    asked = list[str]()

    def fetch(uri: str) -> bytes:
        asked.append(uri)
        return b"{}"

    desk = opened(world, fetch=fetch)
    uri = "https://id.example/about"
    wanted = {"redirect_uris": [APP], name: [uri] if name.endswith("uris") else uri}
    assert desk.refusal(wanted) == "invalid_client_metadata"
    assert asked == []


@pytest.mark.parametrize(
    "name",
    [
        "Tax Office",
        "TAX  OFFICE",
        "Tax-Office!",
        "Тах Оfficе",
        "Ｔａｘ Ｏｆｆｉｃｅ",
        "Tax Öffice",
        "City Service Hall (official)",
        "市政务服务大厅",
        "市政务服务大厅在线",
        "Tax\u3164Off\u115fice",
        "市政务\uffa0服务大厅",
        "\u3164",
        "Rain\u2800tomorrow",
        "rain\u202eeciffO xaT",
        "Ra\u200bin",
        "Rain\u2028Tax Office",
        "Rain\nTax Office",
        "Rain\u00a0tomorrow",
        "R" + "\u0301" * 3 + "ain",
        "Rаin",
        "\ue000",
        " Rain",
        "R" * 61,
        "R" * 20000,
    ],
)
def test_a_name_that_poses_as_another_or_hides_something(desk: Desk, name: str) -> None:
    assert desk.refusal({"client_name": name}) == "invalid_client_metadata"
    assert desk.refusal({"client_name#zh-CN": name}) == "invalid_client_metadata"


@pytest.mark.parametrize("name", ["天气 App", "Café Münster", "Погода", "R2-D2 & friends", "お天気アプリ"])
def test_an_honest_name_is_taken(desk: Desk, name: str) -> None:
    assert desk.made({"client_name": name})["client_name"] == name


def test_a_name_is_shown_with_its_place_everywhere(desk: Desk) -> None:
    web = desk.made()
    app = desk.made({"application_type": "native", "redirect_uris": ["com.example.app:/callback"]})
    found = [desk.world.provider.clients.find(one["client_id"]) for one in (web, app)]
    assert [one.name("en") for one in found if one] == [
        "Rain tomorrow (app.example)",
        "Rain tomorrow (com.example.app:)",
    ]


def test_who_asks_and_why_is_not_for_the_client_to_say(desk: Desk) -> None:
    client = desk.made({"organization_name": "Ministry", "purpose": "By law", "purpose_code": "tax"})
    assert not {"organization_name", "purpose", "purpose_code"} & client.keys()
    found = desk.world.provider.clients.find(client["client_id"])
    assert found is not None
    assert found.metadata.purpose_code == "self-registered"
    assert found.metadata.text("purpose", "en") == ""


# Knowing more than it may


def test_what_it_may_not_have_by_itself(desk: Desk) -> None:
    client = desk.made(
        {
            "scope": "openid profile resident_number licences:read offline_access",
            "grant_types": ["authorization_code", "client_credentials", "refresh_token", "implicit"],
            "response_types": ["code", "id_token token"],
            "subject_type": "public",
            "require_pkce": False,
            "sector": "hall.example",
            "optional_scope": "",
            "resource_uris": ["https://api.example/"],
            "minimum_level": 2,
        }
    )
    assert client["scope"] == f"openid profile {OFFLINE_ACCESS}"
    assert client["grant_types"] == ["authorization_code", "refresh_token"]
    assert client["response_types"] == ["code"]
    assert client["subject_type"] == "pairwise"
    assert client["minimum_level"] == 2
    found = desk.world.provider.clients.find(client["client_id"])
    assert found is not None
    assert found.metadata.require_pkce
    assert found.metadata.sector == "app.example"
    assert found.metadata.resource_uris == ()


@pytest.mark.parametrize("uri", ["https://tax.example/callback", "https://TAX.example.:8443/other"])
def test_the_sector_of_a_client_of_the_operators_is_not_for_the_taking(desk: Desk, uri: str) -> None:
    assert desk.refusal({"redirect_uris": [uri]}) == "invalid_client_metadata"


@pytest.mark.parametrize("through", ["POST", "PUT"])
def test_the_host_of_a_client_of_the_operators_beside_a_sector_of_its_own(world: World, through: str) -> None:
    uris = [APP, "https://spa.example/callback"]
    desk = opened(world, fetch=answering({SECTOR: uris}))
    stolen = {"redirect_uris": uris, "sector_identifier_uri": SECTOR}
    client = desk.made({"sector_identifier_uri": SECTOR})
    refused = (
        desk.post(stolen) if through == "POST" else desk.manage(client, "PUT", replacement(client, **stolen))
    )
    assert body_of(refused)["error"] == "invalid_client_metadata"


def test_a_host_beside_an_address_that_proves_nothing_is_no_sector(desk: Desk) -> None:
    uris = ["https://app.example/callback", "com.example.app:/callback"]
    native = {"application_type": "native", "redirect_uris": uris}
    assert desk.refusal(native) == "invalid_client_metadata"
    assert desk.refusal({**native, "redirect_uris": ["https://a..b/"]}) == "invalid_client_metadata"


@pytest.mark.parametrize("uri", ["http://127.0.0.1/callback", "com.example.app:/callback"])
def test_two_apps_on_one_machine_do_not_know_a_person_by_the_same_sub(desk: Desk, uri: str) -> None:
    native = {"application_type": "native", "redirect_uris": [uri]}
    one, other = desk.made(native), desk.made(native)
    assert sector_of(desk, one) != sector_of(desk, other)


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uris": ["https://other.example/callback"]},
        {"redirect_uris": [APP, "com.example.app:/callback"], "application_type": "native"},
        {"redirect_uris": ["com.example.app:/callback"], "application_type": "native"},
        {"redirect_uris": [APP], "sector_identifier_uri": "https://other.example/sector.json"},
    ],
)
def test_a_replacement_that_changes_the_sector(world: World, changes: dict[str, Any]) -> None:
    desk = opened(world, fetch=answering({"https://other.example/sector.json": [APP]}))
    client = desk.made()
    refused = desk.manage(client, "PUT", replacement(client, **changes))
    assert (refused.status, body_of(refused)["error"]) == (400, "invalid_client_metadata")
    assert sector_of(desk, client) == "app.example"


def test_a_replacement_that_makes_the_sub_public(desk: Desk) -> None:
    client = desk.made()
    answered = body_of(desk.manage(client, "PUT", replacement(client, subject_type="public")))
    assert answered["subject_type"] == "pairwise"


def test_another_name_or_address_after_people_agreed(world: World) -> None:
    second = "https://second.example/callback"
    desk = opened(world, fetch=answering({SECTOR: [APP, second]}))
    for changes in ({"client_name": "Snow"}, {"redirect_uris": [APP, second]}):
        client = desk.made({"sector_identifier_uri": SECTOR})
        world.sign_in()
        desk.signed_in(client)
        with world.provider.sessions() as session:
            assert session.scalars(select(Consent)).all()
        assert desk.manage(client, "PUT", replacement(client, **changes)).status == 200
        with world.provider.sessions() as session:
            assert not session.scalars(select(Consent)).all()


def test_another_apps_scheme_after_people_agreed(world: World) -> None:
    desk = opened(world)
    client = desk.made({"application_type": "native", "redirect_uris": ["com.example.rain:/callback"]})
    world.sign_in()
    desk.signed_in(client)
    moved = replacement(client, redirect_uris=["com.example.thief:/callback"])
    assert desk.manage(client, "PUT", moved).status == 200
    with world.provider.sessions() as session:
        assert not session.scalars(select(Consent)).all()


# Somebody else's registration


def test_the_token_of_another_client(desk: Desk) -> None:
    mine, theirs = desk.made(), desk.made()
    crossed = {**theirs, "registration_access_token": mine["registration_access_token"]}
    for method in ("GET", "PUT", "DELETE"):
        refused = desk.manage(crossed, method, replacement(theirs))
        assert (refused.status, body_of(refused)["error"]) == (401, "invalid_token")
        assert dict(refused.headers)["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert desk.manage(theirs, "GET").status == 200


def test_a_mac_that_was_copied_to_another_row(desk: Desk) -> None:
    mine, theirs = desk.made(), desk.made()
    with desk.world.provider.sessions.begin() as session:
        mac = session.get_one(ClientRecord, mine["client_id"]).registration_mac
        where = ClientRecord.client_id == theirs["client_id"]
        session.execute(update(ClientRecord).where(where).values(registration_mac=mac))
    crossed = {**theirs, "registration_access_token": mine["registration_access_token"]}
    assert desk.manage(crossed, "GET").status == 401


@pytest.mark.parametrize("token", ["", "x", "\u00e9", None])
def test_a_client_of_the_operators_has_no_token_that_opens_it(desk: Desk, token: str | None) -> None:
    for client_id in ("hall", "nobody", "x" * 200):
        assert desk.ask("GET", client_id=client_id, token=token).status == 401


def test_what_the_operator_took_over_is_no_longer_the_clients(desk: Desk, tmp_path: Path) -> None:
    client = desk.made()
    manifest = tmp_path / "rain.toml"
    manifest.write_text(
        f'client_id = "{client["client_id"]}"\nsector = "app.example"\nclient_name = "Rain"\n'
        f'redirect_uris = ["{APP}"]\n'
    )
    with desk.world.provider.sessions.begin() as session:
        secrets = desk.world.provider.authenticator.secrets
        apply(session, manifest, desk.world.clock(), secrets=secrets, secret_root=None)
    assert desk.manage(client, "PUT", replacement(client)).status == 401
    desk.world.provider.clients.forget(client["client_id"])
    found = desk.world.provider.clients.find(client["client_id"])
    assert found is not None
    assert found.name("en") == "Rain"


# Wearing us out


def test_a_race_for_the_last_use_of_an_initial_token(world: World) -> None:
    desk = opened(world, "initial_access_token")
    token, together = desk.initial_token(uses=1), Barrier(6)
    statuses: list[int] = []

    def run() -> None:
        together.wait()
        statuses.append(desk.post(token=token).status)

    threads = [Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, *[401] * 5]


def test_registrations_of_one_address_are_counted(desk: Desk) -> None:
    client = desk.made()
    for _ in range(18):
        desk.post({"redirect_uris": None})
    assert desk.manage(client, "PUT", replacement(client)).status == 200
    refused = desk.post()
    assert refused.status == 429
    assert dict(refused.headers)["Retry-After"] == "3600"
    assert desk.manage(client, "PUT", replacement(client)).status == 429
    assert desk.manage(client, "GET").status == 200
    assert desk.ask("POST", {"redirect_uris": [APP]}, address="198.51.100.7").status == 201
    desk.world.clock.advance(3600)
    assert desk.post().status == 201


def test_a_registration_of_absurd_size(desk: Desk) -> None:
    many = [f"https://app.example/{number}" for number in range(51)]
    assert desk.refusal({"redirect_uris": many}) == "invalid_client_metadata"
    assert desk.refusal({"redirect_uris": ["https://app.example/" + "a" * 3000]}) == "invalid_redirect_uri"
    assert desk.refusal({f"x{number}": 1 for number in range(200)}) == "invalid_client_metadata"
    assert desk.refusal({"contacts": ["a" * 300 + "@app.example"]}) == "invalid_client_metadata"
    assert desk.refusal({"default_max_age": 10**9}) == "invalid_client_metadata"


def test_a_refusal_keeps_no_number_of_a_person(desk: Desk) -> None:
    desk.post({"redirect_uris": ["http://app.example/11010519491231002X"]})
    said = json.dumps([dict(row._mapping) for row in desk.world.events("registration_refused")], default=str)
    assert "11010519491231002" not in said
