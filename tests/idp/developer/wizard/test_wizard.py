"""From no app to one that signs people in, by two questions."""

import json
import shlex

import pytest

from idp.apps.kinds import KINDS, Kind, KindOfApp
from idp.apps.models import App
from idp.developer.words import QUICK_STARTS
from idp.oidc.clients.models import ClientRecord
from idp.settings import ROOT
from tests.idp.developer import console
from tests.idp.developer.console import OWNER, at
from tests.idp.login.visitor import Site, Visitor

ADDRESS = "https://new.example/callback"


def begun(site: Site, kind: Kind = Kind.PORTAL) -> Visitor:
    team_id = console.own_team(site)
    return at(site, path=f"/developer/apps/new?team={team_id}").click(f"kind-{kind.value}")


def only_app(site: Site) -> tuple[App, ClientRecord | None]:
    with site.services.sessions() as session:
        (app,) = session.query(App).all()
        return app, session.get(ClientRecord, app.client_id) if app.client_id else None


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.kind)
def test_each_kind_becomes_a_client_at_once(site: Site, kind: KindOfApp) -> None:
    visitor = begun(site, kind.kind)
    asked = {"client_name": "Fees of the town"} | ({"redirect_uris": kind.returns[0]} if kind.returns else {})
    visitor.submit("new-form", **asked)
    assert visitor.status == 200, visitor.body
    app, client = only_app(site)
    assert client is not None
    assert (app.kind, app.client_id) == (kind.kind.value, visitor.page.texts["client-id"])
    metadata = client.metadata_json
    assert metadata["localized"]["client_name"][""] == "Fees of the town"
    assert metadata.get("redirect_uris", []) == list(kind.returns[:1])
    assert metadata["profile"] == "oauth21"
    has_secret = metadata.get("token_endpoint_auth_method", "client_secret_basic") != "none"
    assert ("new-secret" in visitor.page.texts) == has_secret
    assert site.events("app_made")[0]["kind"] == kind.kind.value
    assert site.events("client_registered")[0]["client_id"] == app.client_id


def test_a_form_that_is_sent_twice_makes_one_app(site: Site) -> None:
    visitor = begun(site)
    form = {
        "team": console.own_team(site),
        "kind": "portal",
        "id": "app-abcdefghijkl",
        "client_name": "Fees",
        "redirect_uris": ADDRESS,
    }
    assert console.post(visitor, "/developer/apps/new", **form).status == 200
    again = console.post(visitor, "/developer/apps/new", **form)
    app, _client = only_app(site)
    assert (again.status, again.location) == (303, f"/developer/apps/{app.id}")


def test_attack_the_identifier_of_an_app_that_is_gone(site: Site) -> None:
    """Under it lie the pairwise `sub` values of its people, its last requests and its references."""
    console.settle(site, console.STRANGER)
    form = {"kind": "portal", "id": "app-abcdefghijkl", "client_name": "Fees", "redirect_uris": ADDRESS}
    console.post(begun(site), "/developer/apps/new", team=console.own_team(site), **form)
    app, _client = only_app(site)
    gone = str(app.client_id)
    at(site, path=f"/developer/apps/{app.id}/delete").submit("delete-form", confirm=gone)
    team_id = console.own_team(site, console.STRANGER)
    stranger = at(site, console.STRANGER)
    for form_id in (gone, "app-abcdefghijkl"):
        made = console.post(stranger, "/developer/apps/new", team=team_id, **{**form, "id": form_id})
        assert made.status == 200
        assert gone not in made.body
    with site.services.sessions() as session:
        assert session.get(ClientRecord, gone) is None


def test_what_was_typed_stays_and_what_is_wrong_is_said(site: Site) -> None:
    visitor = begun(site)
    visitor.submit("new-form", client_name="Fees", redirect_uris="https：／／new.example/callback ")
    assert visitor.status == 422
    address = visitor.page.elements["field-redirect_uris"]
    assert address["value"] == "https：／／new.example/callback "
    assert address["aria-invalid"] == "true"
    assert visitor.shows(ADDRESS)
    visitor.submit("new-form", redirect_uris=ADDRESS)
    assert visitor.status == 200


def test_a_script_is_told_the_same_before(site: Site) -> None:
    visitor = begun(site)
    team_id = console.own_team(site)
    found = console.post(
        visitor,
        "/developer/apps/new/check",
        team=team_id,
        kind="portal",
        client_name="Fees",
        redirect_uris="http://new.example/callback",
    )
    problems = json.loads(found.body)["problems"]
    assert [one["better"] for one in problems["redirect_uris"]] == [ADDRESS]


def test_two_apps_of_a_host_share_their_sector_in_one_team_and_never_over_two(site: Site) -> None:
    console.settle(site, console.STRANGER)
    sectors = []
    for someone, client_name in ((OWNER, "First"), (OWNER, "Second"), (console.STRANGER, "Third")):
        team_id = console.own_team(site, someone)
        visitor = at(site, someone, f"/developer/apps/new?team={team_id}&kind=portal")
        visitor.submit("new-form", client_name=client_name, redirect_uris=ADDRESS)
        with site.services.sessions() as session:
            client = session.get_one(ClientRecord, visitor.page.texts["client-id"])
            sectors.append(client.sector)
    assert sectors[:2] == ["new.example"] * 2
    assert sectors[2].startswith("..app-")


def test_attack_a_name_that_reads_like_a_client_of_the_operators(site: Site) -> None:
    visitor = begun(site)
    visitor.submit("new-form", client_name="City Service Hall 2", redirect_uris=ADDRESS)
    assert visitor.status == 422


def test_attack_an_app_for_a_team_that_one_is_not_in(site: Site) -> None:
    console.settle(site, console.STRANGER)
    team_id = console.own_team(site)
    visitor = at(site, console.STRANGER)
    assert visitor.get(f"/developer/apps/new?team={team_id}").status == 404
    form = {"team": team_id, "kind": "portal", "client_name": "Fees", "redirect_uris": ADDRESS}
    assert console.post(visitor, "/developer/apps/new", **form).status == 404


def test_from_elsewhere_one_chooses_the_team_first(site: Site) -> None:
    assert at(site).get("/developer/apps/new").path == "/developer"


def test_a_native_app_is_told_what_its_quick_start_takes(site: Site) -> None:
    visitor = begun(site, Kind.NATIVE).submit(
        "new-form", client_name="Fees", redirect_uris="http://127.0.0.1/callback"
    )
    assert visitor.page.elements["to-quick-start"]["href"] == "/docs/en/start/native"
    told = shlex.split(visitor.page.texts["together"])
    example = (ROOT / "docs/site/snippets/native/start.sh").read_text("utf-8")
    (names,) = [line.split() for line in example.splitlines() if line.startswith("export ")]
    assert [one.partition("=")[0] for one in told] == [one.partition("=")[0] for one in names]


def test_its_quick_start_is_there(site: Site) -> None:
    for path in QUICK_STARTS.values():
        for language in ("en", "zh-CN"):
            assert (ROOT / "docs/site" / language / f"{path}.md").is_file()
    visitor = begun(site).submit("new-form", client_name="Fees", redirect_uris=ADDRESS)
    assert visitor.page.elements["to-quick-start"]["href"] == "/docs/en/start/flask"
    # All of it in the names of that quick start, whatever is in it stays one value of a shell.
    lines = visitor.page.texts["together"].split("\n")
    start = (ROOT / "docs/site/snippets/flask/start.sh").read_text("utf-8")
    for line in lines:
        assert line.partition("=")[0] in start, line
    assert len(lines) == 5
