"""What portals get to watch a sign-in by, and what the browser keeps for it."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from idp import sessions
from idp.oidc.authorize import endpoint
from idp.oidc.authorize.answers import FormPost
from idp.oidc.http import Request, Response
from idp.oidc.logout import rp_initiated
from idp.oidc.session_management import browser_state
from idp.oidc.session_management.browser_state import COOKIE, calculated, origin_of
from tests.contracts.advertised.moves import change
from tests.idp.oidc.world import HALL, SPA, World, fields_of, location_of, path_of

HALL_ORIGIN = "http://hall.localhost:8001"


def state_in(response: Response) -> str | None:
    """What the browser is told to keep; None: it keeps what it has."""
    found = [
        value for name, value in response.headers if name == "Set-Cookie" and value.startswith(f"{COOKIE}=")
    ]
    return found[0].removeprefix(f"{COOKIE}=").partition(";")[0] if found else None


def is_of(session_state: str, client_id: str, origin: str, state: str) -> bool:
    """As the frame finds it."""
    return session_state == calculated(client_id, origin, state, session_state.partition(".")[2])


def is_nobodys(state: str | None) -> bool:
    return state is not None and re.fullmatch(r"\.[A-Za-z0-9_-]{22}", state) is not None


def test_an_answer_tells_the_portal_what_the_frame_will_find(world: World) -> None:
    world.sign_in()
    answer = world.agree(world.authorize())
    state = state_in(answer)
    assert state
    assert is_of(fields_of(answer)["session_state"], HALL, HALL_ORIGIN, state)
    again = world.authorize()
    assert state_in(again) == state
    assert fields_of(again)["session_state"] != fields_of(answer)["session_state"]
    # Section 2: no blank in it.
    assert " " not in fields_of(again)["session_state"]


def test_the_cookie_can_be_read_in_a_frame_and_goes_with_the_session(world: World) -> None:
    world.sign_in()
    (cookie,) = [value for name, value in world.authorize().headers if name == "Set-Cookie"]
    idle = world.provider.protocol.session_idle_seconds
    assert cookie.split("; ")[1:] == [f"Max-Age={idle}", "Path=/", "Secure", "SameSite=None"]


@pytest.mark.parametrize("method", ["password", "face"])
def test_a_further_proof_of_the_same_person_changes_nothing(world: World, method: str) -> None:
    world.sign_in()
    before = state_in(world.authorize())
    world.prove(level=3, method=method)
    assert state_in(world.authorize()) == before


def test_another_session_is_another_state_at_once(world: World) -> None:
    """Before any portal has got an answer."""
    world.sign_in()
    before = state_in(world.authorize())
    world.sign_in()
    pending = world.authorize(prompt="consent")
    assert path_of(pending) == "/consent"
    assert state_in(pending) not in {before, None}


def test_signing_out_empties_the_state(world: World) -> None:
    world.sign_in()
    world.cookies[COOKIE] = state_in(world.authorize()) or ""
    left = rp_initiated.confirmed(world.provider, world.get(rp_initiated.CONFIRM_PATH))
    assert is_nobodys(state_in(left))


def test_a_session_that_is_over_empties_the_state(world: World) -> None:
    world.sign_in()
    world.cookies[COOKIE] = state_in(world.authorize()) or ""
    world.clock.advance(world.provider.protocol.session_absolute_seconds)
    answer = world.authorize(prompt="none")
    assert fields_of(answer)["error"] == "login_required"
    nobodys = state_in(answer)
    assert is_nobodys(nobodys)
    assert is_of(fields_of(answer)["session_state"], HALL, HALL_ORIGIN, nobodys or "")
    # It stays what it is, or portals would be sent round in circles.
    world.cookies[COOKIE] = nobodys or ""
    again = world.authorize(prompt="none")
    assert state_in(again) is None
    assert is_of(fields_of(again)["session_state"], HALL, HALL_ORIGIN, nobodys or "")
    assert path_of(world.authorize()) == "/login"
    assert state_in(world.authorize()) is None


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_every_response_mode_carries_it(world: World, mode: str) -> None:
    world.sign_in()
    world.code()
    request = {"response_mode": mode}
    answer = world.authorize(**request)
    if isinstance(answer, FormPost):
        said, headers = dict(answer.fields), answer.headers
    else:
        parts = urlsplit(location_of(answer))
        said, headers = dict(parse_qsl(parts.fragment or parts.query)), answer.headers
    state = state_in(Response(200, headers))
    assert state
    assert is_of(said["session_state"], HALL, HALL_ORIGIN, state)


def test_two_portals_cannot_tell_by_it_that_their_people_are_one(world: World) -> None:
    world.sign_in()
    found = [fields_of(world.agree(world.authorize(client)))["session_state"] for client in (HALL, SPA)]
    digests = {one.partition(".")[0] for one in found}
    assert len(digests) == 2


def test_an_app_with_a_scheme_of_its_own_has_no_page_to_watch_from(world: World) -> None:
    change(
        world, SPA, application_type="native", redirect_uris=["com.example.app:/back"], sector="app.example"
    )
    world.sign_in()
    answer = world.agree(world.authorize(SPA, redirect_uri="com.example.app:/back"))
    assert "code" in fields_of(answer)
    assert "session_state" not in fields_of(answer)


def test_attack_a_foreign_page_loads_the_endpoint_to_end_what_portals_watch(world: World) -> None:
    """Into a frame of another site the session's cookie does not come (SameSite=Lax); the state's does."""
    world.sign_in()
    state = state_in(world.authorize()) or ""
    world.cookies = {COOKIE: state}
    for dest in ("iframe", "image", None):
        asked = world.get(endpoint.PATH, {"client_id": HALL})
        headers = {**asked.headers, **({"sec-fetch-dest": dest} if dest else {})}
        answer = _silently(world, headers)
        assert fields_of(answer)["error"] == "login_required"
        assert state_in(answer) is None
        # The portal is not sent round in circles by an answer that its frame contradicts.
        assert is_of(fields_of(answer)["session_state"], HALL, HALL_ORIGIN, state)
    answer = _silently(world, {**asked.headers, "sec-fetch-dest": "document"})
    assert is_nobodys(state_in(answer))


def test_attack_a_stranger_names_the_state_in_which_nobody_is_signed_in(world: World) -> None:
    """Whoever knows it has the frame tell whether this browser is signed in."""
    found = set[str]()
    for _ in range(3):
        answer = world.authorize(prompt="none")
        state = state_in(answer)
        assert is_nobodys(state)
        assert is_of(fields_of(answer)["session_state"], HALL, HALL_ORIGIN, state or "")
        found.add(state or "")
    left = rp_initiated.confirmed(world.provider, world.get(rp_initiated.CONFIRM_PATH))
    assert len({*found, state_in(left)}) == 4


def test_attack_a_session_is_taken_for_nobody(world: World) -> None:
    """A state of nobody's that stays behind does not outlive a sign-in."""
    world.cookies[COOKIE] = state_in(world.authorize(prompt="none")) or ""
    world.sign_in()
    answer = world.agree(world.authorize())
    assert not (state_in(answer) or browser_state.NOBODY).startswith(browser_state.NOBODY)
    assert is_of(fields_of(answer)["session_state"], HALL, HALL_ORIGIN, state_in(answer) or "")


def _silently(world: World, headers: dict[str, str]) -> Response:
    class Framed(World):
        def get(self, path, values=None) -> Request:  # type: ignore[no-untyped-def]
            return replace(super().get(path, values), headers=headers)

    return Framed(world.provider, world.engine, world.clock, world.person_id).authorize(prompt="none")


def test_switched_off_there_is_nothing_of_it(world: World) -> None:
    protocol = world.provider.protocol.model_copy(update={"session_management": False})
    off = World(replace(world.provider, protocol=protocol), world.engine, world.clock, world.person_id)
    off.sign_in()
    answer = off.agree(off.authorize())
    assert "session_state" not in fields_of(answer)
    assert state_in(answer) is None
    left = rp_initiated.confirmed(off.provider, off.get(rp_initiated.CONFIRM_PATH))
    assert [value for name, value in left.headers if name == "Set-Cookie"] == [
        f"{sessions.COOKIE}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"
    ]


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://portal.example/callback?a=b", "https://portal.example"),
        ("https://Portal.Example:443/callback", "https://portal.example"),
        ("http://localhost:80/", "http://localhost"),
        ("https://portal.example:8443/", "https://portal.example:8443"),
        ("http://[::1]:9/callback", "http://[::1]:9"),
        ("com.example.app:/back", None),
        ("com.example.app://host/back", None),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(uri: str, origin: str | None) -> None:
    assert origin_of(uri) == origin
