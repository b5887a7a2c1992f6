"""The settings of an app: every field, explained; what was typed is never lost."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from idp.developer import controls
from idp.developer.settings.groups import AT_KEYS, CONTROLS, FIXED
from idp.oidc.clients.changes import changing
from idp.oidc.clients.credentials import named_secrets
from idp.oidc.clients.metadata import LOCALIZED, ClientMetadata
from idp.oidc.clients.models import ClientRecord, ClientStatus
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, VIEWER, at
from tests.idp.developer.filled import send
from tests.idp.login.visitor import Site, Visitor
from tests.idp.oidc.clients.signing import jwks_of, new_key

AT_SCOPES = {
    *("scope", "optional_scope", "minimum_level", "presence_seconds", "accepted_parties", "purpose"),
    *("purpose_code", "default_acr_values", "default_max_age", "authorization_details_types"),
}


@pytest.fixture
def app_id(site: Site) -> str:
    return console.an_app(site, console.own_team(site))


def opened(site: Site, app_id: str) -> Visitor:
    return at(site, path=f"/developer/apps/{app_id}/settings")


def fields(site: Site, client_id: str = "app-1") -> dict[str, Any]:
    with site.services.sessions() as session:
        return changing.standing(session, client_id).fields


def test_every_field_has_its_place() -> None:
    names = (ClientMetadata.model_fields.keys() | set(LOCALIZED)) - {"localized"}
    placed = [*(one.name for one in CONTROLS), *FIXED, *AT_KEYS, *AT_SCOPES]
    assert len(placed) == len(set(placed))
    assert names <= set(placed)


def test_saving_what_is_there_changes_nothing(site: Site, app_id: str) -> None:
    before = fields(site)
    visitor = send(opened(site, app_id), "settings-form")
    assert (visitor.status, visitor.query.get("said")) == (200, "saved"), visitor.body
    assert fields(site) == before
    assert not site.events("client_changed")


def test_a_change_is_saved_with_its_event(site: Site, app_id: str) -> None:
    visitor = opened(site, app_id)
    send(
        visitor,
        "settings-form",
        **{
            "client_name#zh-CN": "缴费",
            "redirect_uris": "https://app.example/callback\r\nhttps://app.example/two\r\n",
            "contacts": "ops@app.example",
        },
    )
    assert visitor.query.get("said") == "saved"
    found = fields(site)
    assert found["client_name#zh-CN"] == "缴费"
    assert found["redirect_uris"] == ["https://app.example/callback", "https://app.example/two"]
    (event,) = site.events("client_changed")
    assert set(event["changed"]) == {"client_name", "redirect_uris", "contacts"}


def test_every_problem_stands_at_its_field_and_nothing_is_lost(site: Site, app_id: str) -> None:
    visitor = opened(site, app_id)
    typed = {
        "redirect_uris": "https://app.example/*\r\nhttp://app.example/callback",
        "logo_uri": "javascript:alert(1)",
        "client_name#zh-Hant": "<b>繳費</b>",
        "contacts": "nobody",
        "software_id": "kept",
    }
    send(visitor, "settings-form", **typed)
    assert visitor.status == 422
    assert "error" in visitor.page.elements
    for name in ("redirect_uris", "logo_uri", "client_name--zh-Hant", "contacts"):
        assert visitor.page.elements[f"field-{name}"]["aria-invalid"] == "true", name
    assert visitor.page.elements["field-software_id"]["value"] == "kept"
    assert visitor.shows("http://app.example/callback")
    assert "<b>" not in visitor.body
    assert not site.events("client_changed")


@pytest.mark.parametrize(
    "name",
    [
        *("redirect_uris", "post_logout_redirect_uris", "initiate_login_uri", "logo_uri", "client_uri"),
        *("policy_uri", "tos_uri", "frontchannel_logout_uri", "request_uris"),
    ],
)
def test_attack_an_address_of_the_sign_in_service_is_given_as_the_apps(
    site: Site, app_id: str, name: str
) -> None:
    visitor = opened(site, app_id)
    send(visitor, "settings-form", **{name: f"{site.services.settings.issuer}/account"})
    assert visitor.status == 422
    assert visitor.shows("an address of the sign-in service itself")
    assert not site.events("client_changed")


def test_who_saves_second_sees_both_and_loses_nothing(site: Site, app_id: str) -> None:
    first, second = opened(site, app_id), opened(site, app_id)
    send(first, "settings-form", contacts="first@app.example")
    send(second, "settings-form", contacts="second@app.example")
    assert second.status == 409
    assert "conflict" in second.page.elements
    assert second.shows("first@app.example")
    assert fields(site)["contacts"] == ["first@app.example"]
    send(second, "settings-form")
    assert second.query.get("said") == "saved"
    assert fields(site)["contacts"] == ["second@app.example"]


def test_a_viewer_looks_and_changes_nothing(site: Site) -> None:
    console.settle(site, VIEWER, DEVELOPER)
    organisation_id = console.company(site)
    team_id = console.company_team(site, organisation_id)
    app_id = console.an_app(site, team_id)
    for someone, role in ((VIEWER, console.Role.VIEWER), (DEVELOPER, console.Role.DEVELOPER)):
        console.mandated(site, someone, organisation_id)
        console.joined(site, someone, team_id, role)
    visitor = at(site, VIEWER, f"/developer/apps/{app_id}/settings")
    assert visitor.status == 200
    assert "save" not in visitor.page.elements
    assert console.post(visitor, f"/developer/apps/{app_id}/settings").status == 403
    developer = at(site, DEVELOPER, f"/developer/apps/{app_id}/settings")
    assert send(developer, "settings-form", contacts="ops@app.example").query.get("said") == "saved"


def test_a_script_is_told_what_the_page_would_say(site: Site, app_id: str) -> None:
    visitor = opened(site, app_id)
    found = console.post(
        visitor,
        f"/developer/apps/{app_id}/settings/check",
        client_name="App",
        redirect_uris="https://app.example/callback#x",
        application_type="web",
        token_endpoint_auth_method="none",
        grant_types="authorization_code",
        response_types="code",
        require_pkce="true",
    )
    problems = json.loads(found.body)["problems"]
    assert [one["better"] for one in problems["redirect_uris"]] == [console.CALLBACK]


def test_a_new_secret_needs_a_recent_proof(site: Site, app_id: str) -> None:
    visitor = opened(site, app_id)
    site.clock.advance(1800)
    visitor.get(f"/developer/apps/{app_id}/settings")
    send(visitor, "settings-form", token_endpoint_auth_method="client_secret_basic")
    assert visitor.status == 422
    assert visitor.page.elements["prove"]["href"].endswith("/settings?prove=1")
    assert fields(site)["token_endpoint_auth_method"] == "none"


@pytest.mark.parametrize("method", ["none", "private_key_jwt"])
def test_attack_a_console_that_was_left_open_drops_the_secrets(site: Site, method: str) -> None:
    """Another method is worth as much as revoking each of them."""
    app_id = console.an_app(
        site,
        console.own_team(site),
        token_endpoint_auth_method="client_secret_basic",
        jwks=jwks_of(new_key()),
    )
    with site.services.sessions() as session:
        before = [one.id for one in named_secrets.of_client(session, "app-1")]
    visitor = opened(site, app_id)
    site.clock.advance(1800)
    visitor.get(f"/developer/apps/{app_id}/settings")
    send(visitor, "settings-form", token_endpoint_auth_method=method)
    assert visitor.status == 422
    assert "prove" in visitor.page.elements
    assert not site.events("client_changed")
    with site.services.sessions() as session:
        assert [one.id for one in named_secrets.of_client(session, "app-1")] == before


def test_a_new_secret_is_shown_once(site: Site, app_id: str) -> None:
    visitor = opened(site, app_id)
    send(visitor, "settings-form", token_endpoint_auth_method="client_secret_basic")
    assert visitor.status == 200
    assert len(visitor.page.texts["new-secret"]) >= 43
    assert "new-secret" not in visitor.get(f"/developer/apps/{app_id}/settings").page.elements


def test_keys_and_scopes_are_left_alone(site: Site) -> None:
    team_id = console.own_team(site)
    app_id = console.an_app(site, team_id, scope="openid profile phone", minimum_level=3, default_max_age=60)
    send(opened(site, app_id), "settings-form", contacts="ops@app.example")
    found = fields(site)
    assert (found["scope"], found["minimum_level"], found["default_max_age"]) == (
        "openid profile phone",
        3,
        60,
    )


def test_a_draft_is_edited_in_its_own_row(site: Site) -> None:
    team_id = console.own_team(site)
    made_up = {
        "client_id": "app-abcdefghijkl",
        "sector": "app.example",
        "client_name": "Fees",
        "redirect_uris": [console.CALLBACK],
    }
    app_id = console.a_draft(site, team_id, client_name="Fees", metadata=made_up, number=1)
    visitor = send(opened(site, app_id), "settings-form", client_name="Fees of the town")
    assert visitor.query.get("said") == "saved", visitor.body
    app = console.app_of(site, app_id)
    assert app is not None
    assert app.told["client_name"] == app.told["metadata"]["client_name"] == "Fees of the town"
    assert app.told["number"] == 2
    assert site.events("app_draft_changed")[0]["app_id"] == app_id


NAMES = sorted({name for one in CONTROLS for name in (one.name, f"{one.name}#zh-CN")})
TYPED = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.text(max_size=20), min_size=1, max_size=3), max_size=8
)


@given(typed=TYPED)
@bounds(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_typed_stands_in_the_form_again(typed: dict[str, list[str]]) -> None:
    form: MultiDict[str, str] = MultiDict([(name, one) for name, values in typed.items() for one in values])
    found = controls.typed(CONTROLS, form, {"client_id": "app-1"})
    assert found["client_id"] == "app-1"
    for control in CONTROLS:
        value = found.get(control.name)
        given_text = form.get(control.name, "")
        match control.widget:
            case controls.Widget.TEXT | controls.Widget.SELECT | controls.Widget.LOCALIZED:
                assert (value or "") == given_text
            case controls.Widget.LINES:
                kept = [line for line in given_text.replace("\r\n", "\n").split("\n") if line.strip()]
                assert (value or []) == kept
            case controls.Widget.TICKS:
                assert value == form.getlist(control.name)
            case _:
                pass


def test_attack_another_teams_app(site: Site, app_id: str) -> None:
    console.settle(site, console.STRANGER)
    visitor = at(site, console.STRANGER)
    base = f"/developer/apps/{app_id}/settings"
    assert visitor.get(base).status == 404
    for path in (base, f"{base}/check", f"{base}/logout"):
        assert console.post(visitor, path).status == 404
    assert OWNER is not console.STRANGER


def test_attack_changing_an_app_that_the_security_staff_froze(site: Site, app_id: str) -> None:
    visitor = opened(site, app_id)
    with site.services.sessions.begin() as session:
        session.get_one(ClientRecord, "app-1").status = ClientStatus.FROZEN
    send(visitor, "settings-form", contacts="ops@app.example")
    assert visitor.status == 422
    assert "contacts" not in fields(site)
    assert site.events("developer_refused")[0]["reason"] == "state"


def test_attack_an_open_console_gives_the_app_to_another_certificate(site: Site, app_id: str) -> None:
    """Nobody has proved anything in the last minutes; a certificate's name is as good as a key."""
    visitor = opened(site, app_id)
    site.clock.advance(20 * 60)
    by_certificate = {"token_endpoint_auth_method": "tls_client_auth"}
    send(visitor, "settings-form", **by_certificate, tls_client_auth_san_dns="me.example")
    assert visitor.status == 422
    assert visitor.page.elements["prove"]["href"].endswith("/settings?prove=1")
    assert fields(site)["token_endpoint_auth_method"] == "none"
    send(opened(site, app_id), "settings-form", **by_certificate, tls_client_auth_san_dns="me.example")
    assert fields(site)["tls_client_auth_san_dns"] == "me.example"
