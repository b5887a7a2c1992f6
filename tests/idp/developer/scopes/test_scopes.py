"""What an app asks of people, and why."""

from typing import Any

import pytest

from idp.apps import editing, reasons
from idp.apps.models import App
from idp.developer.scopes import words
from idp.developer.scopes.views import CONTROLS
from idp.oidc.clients.changes import changing
from idp.oidc.clients.fields.scope import SCOPES
from idp.oidc.clients.metadata import read
from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.developer.filled import FormReader, send
from tests.idp.developer.settings.test_settings import AT_SCOPES
from tests.idp.login.visitor import Site, Visitor


@pytest.fixture
def app_id(site: Site) -> str:
    return console.an_app(site, console.own_team(site))


def opened(site: Site, app_id: str) -> Visitor:
    return at(site, path=f"/developer/apps/{app_id}/scopes")


def standing(site: Site, app_id: str) -> editing.Editable:
    with site.services.sessions() as session:
        return editing.standing(session, session.get_one(App, app_id))


def test_every_scope_has_its_words_and_every_field_its_place() -> None:
    assert set(words.SCOPES) == set(SCOPES)
    assert {one.name for one in CONTROLS} | {"scope", "optional_scope"} == AT_SCOPES


def test_saving_what_is_there_changes_nothing(site: Site, app_id: str) -> None:
    before = standing(site, app_id)
    visitor = send(opened(site, app_id), "scopes-form")
    assert visitor.query.get("said") == "saved", visitor.body
    assert standing(site, app_id) == before
    assert not site.events("client_changed")


def test_a_scope_is_asked_with_its_reason(site: Site, app_id: str) -> None:
    visitor = send(
        opened(site, app_id),
        "scopes-form",
        **{
            "scope": ["openid", "profile", "phone"],
            "optional_scope": ["phone"],
            "reason:phone": "To call when a form lacks something.",
            "reason:email": "Not asked, so not kept.",
            "minimum_level": "3",
            "presence_seconds": "300",
            "accepted_parties": ["citizen", "agent"],
            "purpose#zh-CN": "用于办理缴费。",
        },
    )
    assert visitor.query.get("said") == "saved", visitor.body
    now = standing(site, app_id)
    assert now.fields["scope"] == "openid profile phone"
    assert (now.fields["optional_scope"], now.fields["minimum_level"]) == ("phone", 3)
    assert now.fields["accepted_parties"] == ["citizen", "agent"]
    assert now.reasons == {"phone": "To call when a form lacks something."}
    assert site.events("app_draft_changed")[0]["changed"] == ["reasons"]
    assert reasons.missing(read(now.fields), now.reasons) == ("profile",)


@pytest.mark.parametrize(
    ("changes", "marked"),
    [
        ({"scope": ["openid", "organisation"]}, "scope-problems"),
        ({"scope": ["openid", "offline_access"]}, "scope-problems"),
        ({"own_scopes": "licences:read"}, "scope-problems"),
        ({"presence_seconds": "soon"}, "field-presence_seconds-problems"),
        ({"accepted_parties": []}, "field-accepted_parties-problems"),
        ({"purpose_code": "für alle"}, "field-purpose_code-problems"),
        ({"reason:profile": "<b>because</b>"}, "reason-profile-problems"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    site: Site, app_id: str, changes: dict[str, Any], marked: str
) -> None:
    typed = {"reason:profile": "To greet people by their name.", **changes}
    visitor = send(opened(site, app_id), "scopes-form", **typed)
    assert visitor.status == 422
    assert visitor.page.texts[marked].strip()
    assert visitor.page.elements["reason-profile"]["value"] == typed["reason:profile"]
    assert standing(site, app_id).reasons == {}


def test_who_saves_second_loses_nothing(site: Site, app_id: str) -> None:
    first, second = opened(site, app_id), opened(site, app_id)
    send(first, "scopes-form", minimum_level="2")
    send(second, "scopes-form", minimum_level="3")
    assert second.status == 409
    assert send(second, "scopes-form").query.get("said") == "saved"
    assert standing(site, app_id).fields["minimum_level"] == 3


def test_the_settings_and_the_scopes_leave_each_other_alone(site: Site, app_id: str) -> None:
    send(opened(site, app_id), "scopes-form", minimum_level="3")
    settings = at(site, path=f"/developer/apps/{app_id}/settings")
    send(settings, "settings-form", contacts="ops@app.example")
    with site.services.sessions() as session:
        fields = changing.standing(session, "app-1").fields
    assert (fields["minimum_level"], fields["contacts"]) == (3, ["ops@app.example"])


def asked(site: Site, app_id: str, **changes: Any) -> dict[str, Any]:
    """What the check says of the page's form with these changes."""
    visitor = opened(site, app_id)
    form = FormReader(visitor.body, "scopes-form").values | changes
    answer = visitor.client.post(
        f"/developer/apps/{app_id}/scopes/check", data=form, **visitor._environment()
    )
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()["problems"]
    return found


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scope": ["openid", "organisation"]}, "scope"),
        ({"presence_seconds": "soon"}, "presence_seconds"),
        ({"reason:profile": "<b>because</b>"}, "reason:profile"),
        ({"reason:profile/birthdate": "<b>because</b>"}, "reason:profile/birthdate"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_it_says_while_one_types_what_the_page_would_say(
    site: Site, app_id: str, changes: dict[str, Any], field: str
) -> None:
    assert not any(one["is_grave"] for one in asked(site, app_id).get(field, ()))
    (found, *_others) = asked(site, app_id, **changes)[field]
    assert found["is_grave"]
    assert found["wrong"]
    assert not site.events("client_changed")


def test_each_claim_may_have_a_reason_of_its_own(site: Site, app_id: str) -> None:
    """Those that come with the scope stand for it together; those of another scope are not kept."""
    of_profile = {"reason:profile/name": "To greet.", "reason:profile/birthdate": "To tell pensioners."}
    send(opened(site, app_id), "scopes-form", **{**of_profile, "reason:age/age_over_60": "Not asked."})
    now = standing(site, app_id)
    assert now.reasons == {"profile/name": "To greet.", "profile/birthdate": "To tell pensioners."}
    assert reasons.missing(read(now.fields), now.reasons) == ("profile",)
    visitor = send(opened(site, app_id), "scopes-form", **{"reason:profile/gender": "To address them."})
    now = standing(site, app_id)
    assert reasons.missing(read(now.fields), now.reasons) == ()
    assert "open" in visitor.page.elements["apart-profile"]


def test_which_scopes_tell_several_things() -> None:
    assert [scope for scope in SCOPES if reasons.claims_of(scope)] == ["profile", "age", "organisation"]
    assert reasons.is_given("age", {"age/age_over_18": "Alcohol is sold."})
    assert not reasons.is_given("age", {"age/age_over_60": "Reduced fares."})


def test_attack_a_reason_for_what_no_scope_tells(site: Site, app_id: str) -> None:
    send(opened(site, app_id), "scopes-form", **{"reason:profile/sub": "x", "reason:profile/": "y"})
    assert standing(site, app_id).reasons == {}
