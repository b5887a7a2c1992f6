"""Secrets of an app at the console: shown once, named, revoked with a confirmation, by whom it may be."""

import re

import pytest

from idp.apps.models import Role, TeamMember
from idp.oidc.clients.credentials.client_secrets import ClientSecret
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, STRANGER, VIEWER, at, post
from tests.idp.login.visitor import Site, Visitor
from tests.idp.oidc.clients.secret_rows import secrets_of
from tests.idp.oidc.world import basic


@pytest.fixture
def team(site: Site) -> str:
    console.settle(site, DEVELOPER, VIEWER, STRANGER)
    return console.own_team(site)


@pytest.fixture
def keys(site: Site, team: str) -> str:
    """Where the page of a confidential app is."""
    app = console.an_app(site, team, token_endpoint_auth_method="client_secret_basic")
    return f"/developer/apps/{app}/keys"


def kept(site: Site) -> list[ClientSecret]:
    with site.services.sessions() as session:
        return secrets_of(session, "app-1")


def made(visitor: Visitor, label: str = "Server 1", days: str = "90") -> str:
    visitor.submit("secret-form", label=label, days=days)
    assert visitor.status == 200, visitor.body
    return visitor.page.texts["secret"]


def proves(site: Site, secret: str) -> bool:
    headers = {"Authorization": basic("app-1", secret)}
    answer = site.app.test_client().post(
        "/oauth2/revoke", data={"token": "x"}, headers=headers, base_url="http://localhost:8000"
    )
    return answer.status_code == 200


def test_a_secret_is_shown_once_as_plain_text_and_listed_without_itself(
    site: Site, keys: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    visitor = at(site, path=keys)
    assert "no-secret" in visitor.page.elements
    secret = made(visitor)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert proves(site, secret)
    visitor.get(keys)
    assert secret not in visitor.body
    assert "Server 1" in visitor.page.texts["secret-1"]
    assert OWNER.name in visitor.page.texts["secret-1"]
    assert "Never used" in visitor.page.texts["secret-1"]
    assert secret not in caplog.text
    with site.services.engine.connect() as connection:
        said = connection.exec_driver_sql("SELECT payload FROM audit_events").scalars().all()
    assert said
    assert not any(secret in payload for payload in said)
    # A reload of the page that showed it shows it no more.
    assert visitor.get(f"{keys}/secrets").path == keys


def test_it_is_revoked_after_a_question_and_refused_at_once(site: Site, keys: str) -> None:
    visitor = at(site, path=keys)
    old = made(visitor)
    new = made(visitor.get(keys), "Server 2")
    rows = {row.label: row.id for row in kept(site)}
    visitor.get(f"{keys}/secrets/{rows['Server 1']}/revoke")
    assert "last-one" not in visitor.page.elements
    visitor.submit("revoke-form")
    assert visitor.shows("The secret is revoked")
    assert (proves(site, old), proves(site, new)) == (False, True)
    visitor.get(f"{keys}/secrets/{rows['Server 2']}/revoke")
    assert "last-one" in visitor.page.elements
    assert visitor.get(f"{keys}/secrets/{rows['Server 1']}/revoke").status == 404


@pytest.mark.parametrize(
    ("label", "days"),
    [("", "90"), ("a" * 61, "90"), ("x\u200by", "90"), ("x", "0"), ("x", "731"), ("x", "٣")],
)
def test_what_is_typed_wrongly_makes_nothing(site: Site, keys: str, label: str, days: str) -> None:
    visitor = at(site, path=keys).submit("secret-form", label=label, days=days)
    assert visitor.status == 422
    assert kept(site) == []


def test_there_are_five_at_most(site: Site, keys: str) -> None:
    visitor = at(site, path=keys)
    for number in range(5):
        made(visitor.get(keys), f"Server {number}")
    visitor.get(keys)
    assert "full" in visitor.page.elements
    assert post(visitor, f"{keys}/secrets", label="x", days="9").status == 422


def test_a_viewer_reads_and_does_nothing(site: Site, team: str, keys: str) -> None:
    console.joined(site, VIEWER, team, Role.VIEWER)
    made(at(site, path=keys))
    [row] = kept(site)
    visitor = at(site, VIEWER, keys)
    assert (visitor.status, "secret-form" in visitor.page.forms) == (200, False)
    for path, form in (
        ("secrets", {"label": "x", "days": "9"}),
        (f"secrets/{row.id}/revoke", {}),
        ("jwks", {"jwks": "{}"}),
        ("remove", {"thumbprint": "x"}),
        ("uri", {"jwks_uri": "https://app.example/jwks"}),
    ):
        assert post(visitor, f"{keys}/{path}", **form).status == 403
    assert len(kept(site)) == 1


def test_a_stranger_finds_nothing_and_another_teams_secret_is_nowhere(site: Site, keys: str) -> None:
    made(at(site, path=keys))
    [row] = kept(site)
    stranger = at(site, STRANGER, "/developer")
    assert stranger.get(keys).status == 404
    assert post(stranger, f"{keys}/secrets/{row.id}/revoke").status == 404
    own = console.an_app(
        site,
        console.own_team(site, STRANGER),
        STRANGER,
        client_id="app-2",
        token_endpoint_auth_method="client_secret_basic",
    )
    # An owner of another app, with the id of this one's secret.
    assert post(stranger, f"/developer/apps/{own}/keys/secrets/{row.id}/revoke").status == 422
    assert len(kept(site)) == 1


def test_an_old_proof_is_asked_for_again_before_anything_happens(site: Site, keys: str) -> None:
    visitor = at(site, path=keys)
    site.clock.advance(site.services.settings.protocol.presence_seconds + 1)
    visitor.get(keys)
    assert "must-prove" in visitor.page.elements
    visitor.submit("secret-form", label="x", days="9")
    assert visitor.path == "/login"
    assert kept(site) == []


def test_what_a_member_made_who_has_left_is_to_be_rotated(site: Site, team: str, keys: str) -> None:
    console.joined(site, DEVELOPER, team)
    made(at(site, DEVELOPER, keys), "By Zhao")
    owner = at(site, path=keys)
    assert "secret-1-rotate" not in owner.page.elements
    with site.services.sessions.begin() as session:
        session.delete(session.get_one(TeamMember, (team, console.id_of(site, DEVELOPER))))
    assert owner.get(keys).page.texts["secret-1-rotate"].startswith("Rotate this")


def test_a_draft_has_no_secrets(site: Site, team: str) -> None:
    keys = f"/developer/apps/{console.a_draft(site, team)}/keys"
    visitor = at(site, path=keys)
    assert "draft" in visitor.page.elements
    assert post(visitor, f"{keys}/secrets", label="x", days="9").status == 404
