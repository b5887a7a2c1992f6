"""Sign-ins that are answered elsewhere: on a telephone for a device, or by the back channel."""

import pytest

from tests.idp.oidc.backchannel.desk import Desk, body_of
from tests.idp.oidc.device.kiosk import Kiosk, Phone, error, register, said
from tests.idp.oidc.world import HALL
from tests.idp.sandbox.outcomes.stage import Stage, claims

PUSHED = "urn:openid:params:jwt:claim:auth_req_id"


@pytest.fixture
def kiosk(stage: Stage) -> Kiosk:
    register(stage.world, HALL, redirect_uris=["https://hall.example/cb"])
    stage.world.sign_in()
    return Kiosk(stage.world, HALL)


@pytest.fixture
def phone(stage: Stage) -> Phone:
    return Phone(stage.world)


def test_without_a_script_nothing_is_changed(kiosk: Kiosk, phone: Phone) -> None:
    kiosk.ask()
    assert error(kiosk.poll()) == "authorization_pending"
    phone.approve(kiosk.user_code)
    assert kiosk.poll().status == 200


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("poll_pending", "authorization_pending"),
        ("poll_denied", "access_denied"),
        ("poll_expired", "expired_token"),
    ],
)
def test_a_device_is_told_so_whatever_the_person_did(
    stage: Stage, kiosk: Kiosk, phone: Phone, outcome: str, told: str
) -> None:
    stage.choose(outcome)
    kiosk.ask()
    assert error(kiosk.poll()) == told
    phone.approve(kiosk.user_code)
    assert [error(kiosk.poll()) for _ in range(3)] == [told] * 3
    assert stage.seen() == ["asked ", *["token_requested 400"] * 4]
    assert (stage.state()["left"], stage.state()["runs"][0]["answer"]) == (0, None)
    kiosk.ask()
    assert error(kiosk.poll()) == "authorization_pending", "the next one is an honest one"
    phone.approve(kiosk.user_code)
    assert kiosk.poll().status == 200


def test_a_device_slows_down_and_gets_its_tokens(stage: Stage, kiosk: Kiosk, phone: Phone) -> None:
    stage.choose("poll_slow_down")
    kiosk.ask()
    phone.approve(kiosk.user_code)
    assert [error(kiosk.poll()) for _ in range(2)] == ["slow_down", "slow_down"]
    assert kiosk.poll().status == 200


def test_who_is_not_the_client_learns_nothing_of_it(stage: Stage, kiosk: Kiosk) -> None:
    stage.choose("poll_denied")
    kiosk.ask()
    code = kiosk.device_code
    answer = stage.world.post(
        "/oauth2/token",
        {
            "client_id": HALL,
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": code,
        },
    )
    assert error(answer) == "invalid_client"


@pytest.mark.parametrize(
    ("outcome", "name"),
    [("id_token_wrong_iss", "iss"), ("id_token_wrong_aud", "aud"), ("id_token_wrong_acr", "acr")],
)
def test_the_id_token_of_a_device_is_wrong(
    stage: Stage, kiosk: Kiosk, phone: Phone, outcome: str, name: str
) -> None:
    wrong = []
    for chosen in (None, outcome):
        if chosen is not None:
            stage.choose(chosen)
        kiosk.ask()
        phone.approve(kiosk.user_code)
        tokens = said(kiosk.poll())
        wrong.append(claims(tokens["id_token"])[name])
    assert wrong[0] != wrong[1]
    assert stage.world.userinfo(tokens["access_token"]).status == 200
    assert stage.fault_seen()


def test_the_token_endpoint_is_away_for_a_device_as_well(stage: Stage, kiosk: Kiosk) -> None:
    stage.choose("token_unavailable")
    kiosk.ask()
    assert kiosk.poll().status == 503


def test_a_script_of_redirects_leaves_devices_alone(stage: Stage, kiosk: Kiosk, phone: Phone) -> None:
    """Or each poll of theirs would be held against the app."""
    stage.choose("redirect_wrong_state", "id_token_wrong_aud")
    kiosk.ask()
    phone.approve(kiosk.user_code)
    assert claims(said(kiosk.poll())["id_token"])["aud"] == HALL
    assert stage.state()["left"] == 1


def test_a_script_of_polls_leaves_redirects_alone(stage: Stage) -> None:
    stage.world.sign_in()
    stage.choose("poll_denied")
    stage.tokens()
    assert stage.state()["left"] == 1


@pytest.mark.parametrize(
    ("outcome", "told"), [("poll_pending", "authorization_pending"), ("poll_denied", "access_denied")]
)
def test_a_request_by_the_back_channel_is_told_so(stage: Stage, outcome: str, told: str) -> None:
    desk = Desk(stage.world)
    sub = desk.sub()
    stage.choose(outcome)
    auth_req_id = desk.asked(sub)
    desk.approve(desk.waiting()[0])
    stage.world.clock.advance(5)
    assert desk.error(auth_req_id) == told


@pytest.mark.parametrize(
    ("outcome", "name"),
    [("id_token_wrong_auth_req_id", PUSHED), ("id_token_wrong_iss", "iss"), ("id_token_expired", "exp")],
)
def test_what_is_pushed_is_wrong(stage: Stage, outcome: str, name: str) -> None:
    desk = Desk(stage.world, mode="push")
    sub, pushed = desk.sub(), []
    for chosen in (None, outcome):
        if chosen is not None:
            stage.choose(chosen)
        auth_req_id = desk.asked(sub)
        desk.approve(desk.waiting()[0])
        desk.drain()
        pushed.append(claims(desk.posts[-1][1]["id_token"]))
        assert desk.posts[-1][1]["auth_req_id"] == auth_req_id
    right, wrong = pushed
    if name == PUSHED:
        assert wrong[PUSHED] not in {right[PUSHED], auth_req_id}
    else:
        assert wrong[name] != right[name]
        assert wrong[PUSHED] == auth_req_id


def test_what_is_pushed_is_not_signed(stage: Stage) -> None:
    desk = Desk(stage.world, mode="push")
    sub = desk.sub()
    stage.choose("id_token_alg_none")
    desk.asked(sub)
    desk.approve(desk.waiting()[0])
    desk.drain()
    assert desk.posts[-1][1]["id_token"].endswith(".")


def test_nobody_else_is_told_so(stage: Stage) -> None:
    stage.choose("poll_denied", sign_ins=None)
    desk = Desk(stage.world, client_id="tax")
    auth_req_id = desk.asked(desk.sub())
    assert body_of(desk.poll(auth_req_id))["error"] == "authorization_pending"
