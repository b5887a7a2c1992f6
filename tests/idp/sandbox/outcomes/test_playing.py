"""What happens to the person: the face is refused, the register is down, the account is frozen."""

import dataclasses

import pytest

from idp.login.factors.face import FaceChecks
from idp.login.services import KEY as LOGIN
from idp.people.registry import Answer, RegisterUnavailable
from idp.sandbox.outcomes.catalogue import CATALOGUE, FACE
from idp.sandbox.outcomes.playing import PlayedFaces, forced_by
from idp.sandbox.services import KEY as SANDBOX
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import HALL, NEWCOMER, PERSON, TAX, Site, Visitor

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]

REASONS = [one.name.removeprefix(FACE) for one in CATALOGUE if one.name.startswith(FACE)]


def choose(site: Site, client_id: str, *outcomes: str) -> None:
    site.app.extensions[SANDBOX].scripts.put(client_id, outcomes, sign_ins=None)


@pytest.fixture
def played(site: Site) -> Site:
    """With the engine of the tests behind what the sandbox wraps."""
    forced = forced_by(site.app.extensions[SANDBOX].scripts, site.services.store)
    faces = PlayedFaces(
        FaceChecks(lambda: site.engine, at_once=2), forced, site.app.extensions[SANDBOX].outcomes.wait
    )
    site.app.extensions[LOGIN] = dataclasses.replace(site.app.extensions[LOGIN], faces=faces)
    return site


def before_the_camera(site: Site) -> Visitor:
    visitor = site.visitor().authorize(TAX).sign_in(PERSON)
    assert visitor.path == "/login/presence"
    visitor.click("way-face").consent_to_face()
    return visitor


def test_the_sandbox_wraps_what_the_pages_use(played: Site) -> None:
    assert isinstance(played.app.extensions[LOGIN].faces, PlayedFaces)


@pytest.mark.parametrize("reason", REASONS)
def test_a_good_face_is_refused_for_the_reason_chosen(played: Site, reason: str) -> None:
    choose(played, TAX, f"{FACE}{reason}")
    visitor = before_the_camera(played)
    answer = visitor.show_face()
    assert answer["refused"] == reason
    visitor.get(answer["next"])
    assert visitor.page.elements["result"]["data-reason"] == reason
    (event,) = played.events("face_refused")
    assert event["reason"] == reason


def test_nobody_else_is_refused(played: Site) -> None:
    choose(played, HALL, "face_refused_match")
    visitor = before_the_camera(played)
    assert visitor.show_face()["done"]


def test_no_script_lets_in_whom_the_engine_refuses(played: Site) -> None:
    """The verdict is made of the engine's by refusing, never by admitting."""
    choose(played, TAX, "consent_refused")
    visitor = before_the_camera(played)
    assert not visitor.show_face("somebody else").get("done")


def test_the_register_does_not_answer(site: Site) -> None:
    register = site.services.register
    choose(site, HALL, "register_unavailable")
    visitor = site.visitor().authorize(HALL)
    with site.app.test_request_context(visitor.url):
        assert register.verify(NEWCOMER.name, NEWCOMER.number).answer is not Answer.UNAVAILABLE
    with visitor.client as browser:
        browser.get(visitor.url, base_url="https://id.example")
        assert register.verify(NEWCOMER.name, NEWCOMER.number).answer is Answer.UNAVAILABLE
        with pytest.raises(RegisterUnavailable):
            register.photo(NEWCOMER.number)


def test_the_register_answers_everybody_else(site: Site) -> None:
    choose(site, HALL, "register_unavailable")
    visitor = site.visitor().authorize(TAX)
    with visitor.client as browser:
        browser.get(visitor.url, base_url="https://id.example")
        answer = site.services.register.verify(NEWCOMER.name, NEWCOMER.number)
        assert answer.answer is Answer.MATCH


def test_the_account_is_frozen_for_this_app_alone(site: Site) -> None:
    choose(site, HALL, "account_locked")
    visitor = site.visitor().authorize(HALL).sign_in(PERSON)
    assert (visitor.status, visitor.shows("This account is frozen")) == (403, True)
    visitor.get(f"/oauth2/interaction/{visitor.query['interaction']}/cancel")
    assert visitor.query["error"] == "access_denied"
    visitor.authorize(TAX).sign_in(PERSON)
    assert visitor.path == "/login/presence"
