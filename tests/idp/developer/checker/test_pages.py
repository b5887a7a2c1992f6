"""The pages of checks, as an app's team meets them."""

import json
from datetime import timedelta

import pytest

from clients.checker import CHECKS
from idp.apps.models import Role
from idp.developer.checker.views import AN_HOUR
from tests.clients.checker.broken_app import Fault
from tests.clients.checker.hands import checked
from tests.idp.developer import console
from tests.idp.developer.checker.checking import TYPED, an_app, path_of, reported, set_up
from tests.idp.developer.console import VIEWER, at
from tests.idp.login.visitor import Site, Visitor


def test_somebody_says_where_to_look_and_begins(site: Site) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    assert "empty" in visitor.page.elements
    assert "start" not in visitor.page.elements
    set_up(visitor, app_id)
    assert visitor.page.elements["sign_in_url"]["value"] == TYPED["sign_in_url"]
    visitor.submit("start-form")
    assert visitor.path.startswith(f"{path_of(app_id)}/runs/")
    assert visitor.shows("Waits to be begun")
    assert site.events("app_check_started")[0]["client_id"] == "app-1"
    # One at a time.
    visitor.get(path_of(app_id)).submit("start-form")
    assert visitor.status == 409
    assert visitor.shows("is under way")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("sign_in_url", "https://elsewhere.example/sign-in", "registered"),
        ("sign_in_url", "http://169.254.169.254/latest/meta-data", "registered"),
        ("sign_in_url", "file:///etc/passwd", "no address"),
        ("page_url", "https://user@app.example/", "no address"),
        ("page_url", "https://app.example:8443/me", "registered"),
        ("page_url", "https://app.example/" + "a" * 600, "too long"),
        ("marker", " ", "few words"),
        ("marker", "a\u202eb", "few words"),
    ],
)
def test_attack_another_place_is_to_be_looked_at(site: Site, field: str, typed: str, said: str) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id)).submit("setup-form", **{**TYPED, field: typed})
    assert visitor.status == 422
    assert said in visitor.page.texts[f"{field}-error"]
    assert site.events("app_check_set_up") == []


def test_a_report_says_why_and_how_to_mend_it(site: Site) -> None:
    app_id = an_app(site)
    run = reported(site, app_id, Fault.ISS_WRONG, Fault.AT_HASH)
    visitor = at(site, path=f"{path_of(app_id)}/runs/{run.id}")
    assert visitor.page.texts["counted"] == f"{len(CHECKS) - 2} of {len(CHECKS)} passed"
    failed = visitor.page.texts["check-iss-wrong"]
    assert "Somebody was signed in all the same." in failed
    assert "Compare iss with the issuer" in failed
    assert "RFC 9207 2.4" in failed
    assert "advice" in visitor.page.texts["check-id-token-wrong-at-hash"]


def test_the_report_as_json(site: Site) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    assert visitor.get(f"{path_of(app_id)}/report.json").status == 404
    reported(site, app_id)
    told = json.loads(visitor.get(f"{path_of(app_id)}/report.json").body)
    assert (told["passed"], told["run_by"], told["client_id"]) == (True, "server", "app-1")
    assert {one["verdict"] for one in told["checks"]} == {"passed"}


def test_a_badge_is_for_those_alone_to_whom_it_is_shown(site: Site) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    reported(site, app_id, Fault.ISS_WRONG)
    visitor.get(path_of(app_id)).submit("badge-form")
    address = visitor.page.elements["badge"]["src"].removeprefix("http://localhost:8000")
    stranger = site.visitor()
    drawn = _fetched(stranger, address)
    assert drawn.status == 200
    assert f"{len(CHECKS) - 1}/{len(CHECKS)}" in drawn.body
    assert "app-1" not in drawn.body
    # The one who switches it off and on again has another address.
    visitor.submit("badge-form")
    assert _fetched(stranger, address).status == 404
    visitor.submit("badge-form")
    assert _fetched(stranger, address).status == 404
    assert [one["shown"] for one in site.events("app_badge_turned")] == [True, False, True]


def test_a_badge_never_tells_of_what_somebody_has_brought(site: Site) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    visitor.submit("badge-form")
    address = visitor.page.elements["badge"]["src"].removeprefix("http://localhost:8000")
    token = visitor.submit("token-form").page.texts["token"]
    assert _brought(visitor, app_id, token, checked().as_json()).status == 201
    assert _fetched(visitor, address).status == 404


def test_a_program_brings_a_report_which_is_marked_so(site: Site) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    token = visitor.submit("token-form").page.texts["token"]
    assert token.startswith("ytc_")
    assert token not in visitor.get(path_of(app_id)).body
    told = checked(Fault.ISS_WRONG).as_json()
    assert _brought(visitor, app_id, token, told).status == 201
    visitor.get(path_of(app_id))
    assert visitor.shows("Run by the developer")
    visitor.click("run-1")
    assert visitor.shows("It does not count for going live.")
    (event,) = site.events("app_check_reported")
    assert (event["by"], event["checks_passed"], event["checks_tried"]) == (
        "developer",
        len(CHECKS) - 1,
        len(CHECKS),
    )
    # Not one after another without end.
    assert _brought(visitor, app_id, token, told).status == 429
    site.clock.advance(seconds=10)
    assert _brought(visitor, app_id, token, told).status == 201


def test_attack_a_report_by_whoever_has_no_token(site: Site) -> None:
    app_id = an_app(site)
    other = console.an_app(
        site, console.own_team(site), client_id="app-2", redirect_uris=["https://b.example/c"]
    )
    visitor = at(site, path=path_of(app_id))
    token = visitor.submit("token-form").page.texts["token"]
    told = checked().as_json()
    for wrong in ("", "ytc_guessed", token[:-1]):
        assert _brought(visitor, app_id, wrong, told).status == 401
    assert _brought(visitor, other, token, told).status == 401
    visitor.get(path_of(app_id)).submit("withdraw-token-form")
    assert _brought(visitor, app_id, token, told).status == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"version": 2},
        {"checks": [{"check": "x"}]},
        {"checks": "all"},
        {"issuer": "a" * 400},
        {"begun_at": "yesterday"},
        {"seconds": True},
        {"application": "\u0000"},
    ],
)
def test_attack_a_report_that_is_none(site: Site, changed: dict[str, object]) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    token = visitor.submit("token-form").page.texts["token"]
    assert _brought(visitor, app_id, token, {**checked().as_json(), **changed}).status == 422


def test_attack_markup_in_a_report_that_somebody_has_written(site: Site) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    token = visitor.submit("token-form").page.texts["token"]
    told = checked().as_json()
    told["checks"][0] |= {"check": "<script>", "reason": "<b>", "detail": '"><img src=x>', "source": "<i>"}
    assert _brought(visitor, app_id, token, told).status == 201
    body = visitor.get(path_of(app_id)).click("run-1").body
    assert "<img src=x>" not in body
    assert "<b>" not in body


def test_who_only_looks_changes_nothing(site: Site) -> None:
    console.settle(site, VIEWER)
    app_id = an_app(site)
    console.joined(site, VIEWER, console.own_team(site), Role.VIEWER)
    run = reported(site, app_id)
    visitor = at(site, VIEWER, path_of(app_id))
    assert not {"setup-form", "start-form", "token-form", "badge-form"} & set(visitor.page.forms)
    assert visitor.get(f"{path_of(app_id)}/runs/{run.id}").status == 200
    for deed in ("setup", "start", "token", "token/withdraw", "badge"):
        assert console.post(visitor, f"{path_of(app_id)}/{deed}").status == 403


def test_a_run_of_another_app_is_none_of_this_one(site: Site) -> None:
    app_id = an_app(site)
    other = console.an_app(
        site, console.own_team(site), client_id="app-2", redirect_uris=["https://b.example/c"]
    )
    run = reported(site, other)
    visitor = at(site, path=path_of(app_id))
    assert visitor.get(f"{path_of(app_id)}/runs/{run.id}").status == 404
    assert visitor.get(f"{path_of(app_id)}/report.json?run={run.id}").status == 404


def test_nobody_keeps_the_workers_to_themselves(site: Site) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    set_up(visitor, app_id)
    answers = [visitor.get(path_of(app_id)).submit("start-form").status for _ in range(AN_HOUR + 1)]
    assert answers == [200, *[409] * (AN_HOUR - 1), 429]


def test_a_run_that_nobody_does_is_given_up(site: Site) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    set_up(visitor, app_id).submit("start-form")
    site.clock.advance(seconds=timedelta(minutes=11).total_seconds())
    visitor = at(site, path=path_of(app_id))
    visitor.submit("start-form")
    assert visitor.path.startswith(f"{path_of(app_id)}/runs/")


def _fetched(visitor: Visitor, path: str) -> Visitor:
    return visitor.get(path)


def _brought(visitor: Visitor, app_id: str, token: str, told: object) -> Visitor:
    headers = {"Authorization": f"Bearer {token}"}
    answer = visitor.site.app.test_client().post(f"{path_of(app_id)}/reports", json=told, headers=headers)
    visitor.status = answer.status_code
    return visitor
