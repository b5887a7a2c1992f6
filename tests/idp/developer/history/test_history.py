"""The history of an app at the console: who and when, field by field, and undoing with a question."""

import pytest

from idp.apps.models import Role
from idp.oidc.clients.changes import changing, history
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.models import ClientRecord
from idp.oidc.room import KEY
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, STRANGER, VIEWER, at, post
from tests.idp.login.visitor import Site
from tests.idp.oidc.clients.signing import jwks_of, new_key

STOLEN, KEPT = new_key(), new_key()


@pytest.fixture
def team(site: Site) -> str:
    console.settle(site, DEVELOPER, VIEWER, STRANGER)
    return console.own_team(site)


@pytest.fixture
def path(site: Site, team: str) -> str:
    return f"/developer/apps/{console.an_app(site, team)}/history"


def changed(site: Site, someone=OWNER, **fields: object) -> int:  # type: ignore[no-untyped-def]
    site.clock.advance(60)
    person_id = console.id_of(site, someone)
    with site.services.sessions.begin() as session:
        asked = {**changing.standing(session, "app-1").fields, **fields}
        return changing.change(
            session,
            "app-1",
            {name: value for name, value in asked.items() if value is not None},
            actor=Actor(ActorKind.PERSON, person_id),
            context=console.context(site),
            secrets=site.app.extensions[KEY].authenticator.secrets,
        ).number


def standing(site: Site) -> dict[str, object]:
    with site.services.sessions() as session:
        return changing.standing(session, "app-1").fields


def test_it_says_who_changed_what_field_by_field(site: Site, path: str) -> None:
    changed(site, minimum_level=2)
    changed(site, DEVELOPER, contacts=["a@app.example"], minimum_level=3)
    visitor = at(site, path=path)
    newest = visitor.page.texts["version-2"]
    assert DEVELOPER.name in newest
    assert "a@app.example" in newest
    assert "before: 2" in " ".join(newest.split())
    assert OWNER.name in visitor.page.texts["version-1"]
    assert "version-2-undo" not in visitor.page.elements


def test_of_a_list_what_came_and_went_is_shown(site: Site, path: str) -> None:
    changed(site, contacts=["a@app.example", "b@app.example"])
    changed(site, contacts=["b@app.example", "c@app.example"])
    newest = " ".join(at(site, path=path).page.texts["version-2"].split())
    assert "a@app.example" in newest
    assert "c@app.example" in newest
    assert "b@app.example" not in newest


def test_a_version_is_brought_back_after_a_question(site: Site, path: str) -> None:
    changed(site, minimum_level=2)
    changed(site, minimum_level=3)
    visitor = at(site, path=path).get(f"{path}/1/undo")
    assert visitor.shows("What would be different")
    visitor.submit("undo-form")
    assert visitor.shows("It is as it was.")
    assert standing(site)["minimum_level"] == 2
    assert "Brought back what version 1 said" in visitor.page.texts["version-3"]


def test_what_somebody_changed_meanwhile_is_not_undone_unseen(site: Site, path: str) -> None:
    changed(site, minimum_level=2)
    changed(site, minimum_level=3)
    visitor = at(site, path=path).get(f"{path}/1/undo")
    changed(site, DEVELOPER, contacts=["a@app.example"])
    visitor.submit("undo-form")
    assert visitor.status == 409
    assert standing(site)["minimum_level"] == 3
    # The question has been asked anew, with what would be undone now.
    visitor.submit("undo-form")
    assert standing(site)["minimum_level"] == 2
    assert "contacts" not in standing(site)


@pytest.mark.parametrize(
    ("changed_names", "why"),
    [
        (("client_secret",), "Secrets and keys"),
        (("jwks",), "Secrets and keys"),
        (("status",), "Overview"),
        (("registered_by",), "stayed as it was"),
    ],
    ids=["secret", "key", "state", "taken-over"],
)
def test_nothing_is_offered_where_only_a_secret_a_key_or_the_state_changed(
    site: Site, path: str, changed_names: tuple[str, ...], why: str
) -> None:
    changed(site, minimum_level=2)
    who = Actor(ActorKind.PERSON, console.id_of(site, OWNER))
    with site.services.sessions.begin() as session:
        metadata = session.get_one(ClientRecord, "app-1").metadata_json
        history.keep(session, "app-1", metadata, changed_names, actor=who, at=site.clock())
    changed(site, minimum_level=3)
    page = at(site, path=path).page
    assert why in page.texts["version-2-why-not"]
    assert "version-2-undo" not in page.elements
    assert {"version-1-undo"} <= set(page.elements)


def test_nothing_is_offered_of_what_is_registered_now(site: Site, path: str) -> None:
    for level in (2, 3, 2):
        changed(site, minimum_level=level)
    page = at(site, path=path).page
    assert "is the same" in page.texts["version-1-why-not"]
    assert "version-2-undo" in page.elements


def test_who_may_read_and_who_may_undo(site: Site, team: str, path: str) -> None:
    changed(site, minimum_level=2)
    changed(site, minimum_level=3)
    console.joined(site, VIEWER, team, Role.VIEWER)
    viewer = at(site, VIEWER, path)
    assert "version-1-undo" not in viewer.page.elements
    assert post(viewer, f"{path}/1/undo", expected="2").status == 403
    stranger = at(site, STRANGER, "/developer")
    assert stranger.get(path).status == 404
    assert post(stranger, f"{path}/1/undo", expected="2").status == 404
    assert standing(site)["minimum_level"] == 3


@pytest.mark.parametrize("expected", ["", "-1", "x", "\u0663", "9" * 10])
def test_a_form_of_ones_own_changes_nothing(site: Site, path: str, expected: str) -> None:
    changed(site, minimum_level=2)
    assert post(at(site, path=path), f"{path}/1/undo", expected=expected).status == 400


@pytest.mark.parametrize("number", ["0", str(2**31), str(10**20), "9" * 400])
def test_attack_a_number_that_no_database_holds(site: Site, path: str, number: str) -> None:
    visitor = at(site, path=path)
    assert visitor.get(f"{path}/{number}/undo").status == 404
    assert post(visitor, f"{path}/{number}/undo", expected="1").status == 404


def test_many_changes_are_shown_in_pages(site: Site, path: str) -> None:
    for number in range(22):
        changed(site, minimum_level=1 + number % 2)
    visitor = at(site, path=path)
    assert "version-1" not in visitor.page.elements
    oldest = visitor.click("older").page.elements
    assert "version-1" in oldest
    assert "newer" in oldest


def test_an_app_of_before_has_no_history_yet(site: Site, path: str) -> None:
    assert "no-history" in at(site, path=path).page.elements
    assert at(site, path=path).get(f"{path}/1/undo").status == 404


@pytest.mark.parametrize(("field", "value"), [("may_act", "app-2"), ("subject_type", "public")])
def test_attack_undoing_brings_back_what_the_operator_took_away(
    site: Site, path: str, field: str, value: str
) -> None:
    changed(site, **{field: value})
    changed(site, **{field: None})
    visitor = at(site, path=path).get(f"{path}/1/undo").submit("undo-form")
    assert visitor.status == 422
    assert standing(site).get(field) != value


def test_attack_going_back_brings_back_a_stolen_key(site: Site, path: str) -> None:
    """Whoever took a key may hope that a colleague undoes some other change."""
    changed(site, jwks=jwks_of(STOLEN, KEPT), minimum_level=2)
    changed(site, jwks=jwks_of(KEPT), minimum_level=3)
    visitor = at(site, path=path).get(f"{path}/1/undo")
    assert "never brings back one that was removed" in visitor.page.texts["keys-stay"]
    assert STOLEN.kid not in visitor.body
    visitor.submit("undo-form")
    assert visitor.shows("It is as it was.")
    assert standing(site)["minimum_level"] == 2
    assert standing(site)["jwks"] == jwks_of(KEPT)


def test_attack_going_back_brings_back_an_address_of_keys(site: Site, path: str) -> None:
    changed(site, jwks_uri="https://given-up.example/jwks", minimum_level=2)
    changed(site, jwks_uri=None, minimum_level=3)
    visitor = at(site, path=path).get(f"{path}/1/undo")
    assert "given-up.example" not in visitor.body
    visitor.submit("undo-form")
    assert standing(site)["minimum_level"] == 2
    assert "jwks_uri" not in standing(site)


def test_what_differs_in_its_keys_alone_is_nothing_to_go_back_to(site: Site, path: str) -> None:
    changed(site, jwks=jwks_of(STOLEN), minimum_level=2)
    changed(site, jwks=jwks_of(KEPT))
    visitor = at(site, path=path)
    assert "keys aside" in visitor.page.texts["version-1-why-not"]
    assert "undo-form" not in visitor.get(f"{path}/1/undo").body
    assert visitor.shows("Nothing would be different")


def test_where_other_keys_are_needed_than_there_are_a_sentence_says_so(site: Site, path: str) -> None:
    changed(site, token_endpoint_auth_method="private_key_jwt", jwks=jwks_of(STOLEN))
    changed(site, token_endpoint_auth_method=None, jwks=None)
    visitor = at(site, path=path).get(f"{path}/1/undo").submit("undo-form")
    assert visitor.status == 422
    assert visitor.shows("going back brings no old keys back")
    assert "jwks" not in standing(site)
