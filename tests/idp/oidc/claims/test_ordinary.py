"""Claims asked for by name: agreed to line by line, released line by line, where they were asked for."""

import json
from typing import Any

import pytest

from idp.crypto.digests import from_base64url
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.oidc import asking
from idp.oidc.authorize import endpoint
from idp.oidc.claims import kept
from idp.oidc.claims.units import UNITS
from idp.oidc.http import FORM, Request, Response
from idp.oidc.pages import SCOPE_WORDS
from tests.idp.oidc.world import BROWSER, HALL, SPA, World, fields_of, parameters, path_of


def asked(userinfo: Any = None, id_token: Any = None) -> str:
    return json.dumps({"userinfo": userinfo or {}, "id_token": id_token or {}})


def items(world: World, response: Response) -> dict[str, asking.Item]:
    """What the consent page shows."""
    assert path_of(response) == "/consent"
    found = asking.question(world.provider, world.get("/"), fields_of(response)["interaction"], BROWSER)
    assert found is not None
    return {item.scope: item for item in found.items}


def got(world: World, code: str, client_id: str = HALL) -> tuple[dict[str, Any], dict[str, Any]]:
    """Userinfo, and the claims of the id_token."""
    tokens = json.loads(world.token(code, client_id).body)
    id_token = json.loads(from_base64url(tokens["id_token"].split(".")[1]))
    return json.loads(world.userinfo(tokens["access_token"]).body), id_token


def test_one_claim_is_asked_for_agreed_to_and_released_alone(world: World) -> None:
    world.sign_in()
    response = world.authorize(scope="openid", claims=asked({"birthdate": {"essential": True}}))
    shown = items(world, response)
    assert set(shown) == {"openid", "claim:birthdate"}
    assert shown["claim:birthdate"].required
    userinfo, id_token = got(world, fields_of(world.agree(response))["code"])
    assert set(userinfo) == {"sub", "birthdate"}
    assert "birthdate" not in id_token
    released = [json.loads(event.payload) for event in world.events("claims_released")]
    assert [(one["scopes"], one["through"]) for one in released] == [
        (["openid", "claim:birthdate"], "userinfo")
    ]
    # Agreed to once, and not asked again; the whole profile is another question.
    assert world.authorize(scope="openid", claims=asked({"birthdate": None})).status == 303
    assert "code" in fields_of(world.authorize(scope="openid", claims=asked({"birthdate": None})))
    assert path_of(world.authorize(scope="openid profile")) == "/consent"


def test_what_is_asked_of_the_id_token_comes_in_the_id_token(world: World) -> None:
    world.sign_in()
    code = world.code(scope="openid", claims=asked(id_token={"name": {"essential": True}}))
    userinfo, id_token = got(world, code)
    assert id_token["name"] == "张三丰"
    assert set(userinfo) == {"sub"}
    (event,) = world.events("claims_released")
    assert json.loads(event.payload)["through"] == "id_token"
    assert event.person_id == world.person_id


def test_a_claim_of_a_scope_that_is_agreed_to_asks_nothing_more(world: World) -> None:
    world.sign_in()
    world.code(scope="openid profile")
    response = world.authorize(scope="openid", claims=asked(id_token={"gender": None}))
    assert got(world, fields_of(response)["code"])[1]["gender"] == "female"


def test_what_is_voluntary_may_be_left_out_and_is_not_asked_again(world: World) -> None:
    world.sign_in()
    wanted = asked({"birthdate": None, "gender": {"essential": True}})
    response = world.authorize(scope="openid", claims=wanted)
    assert {name: item.required for name, item in items(world, response).items()} == {
        "openid": True,
        "claim:birthdate": False,
        "claim:gender": True,
    }
    userinfo, _ = got(world, fields_of(world.agree(response, chosen=()))["code"])
    assert set(userinfo) == {"sub", "gender"}
    assert "code" in fields_of(world.authorize(scope="openid", claims=wanted))


def test_a_client_gets_no_claim_of_a_scope_that_it_may_not_ask(world: World) -> None:
    world.sign_in(level=2)
    wanted = asked({"resident_number": {"essential": True}, "phone_number": None}, {"resident_number": None})
    response = world.authorize(SPA, scope="openid", claims=wanted)
    assert set(items(world, response)) == {"openid"}
    userinfo, id_token = got(world, fields_of(world.agree(response))["code"], SPA)
    assert set(userinfo) == {"sub"}
    assert "resident_number" not in id_token


def test_a_text_message_alone_releases_no_number_by_name_either(world: World) -> None:
    world.sign_in(level=1, method="sms")
    assert path_of(world.authorize(scope="openid", claims=asked({"resident_number": None}))) == "/login"
    assert path_of(world.authorize(scope="openid", claims=asked({"birthdate": None}))) == "/consent"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"gender": {"value": "female"}}, {"gender": "female"}),
        ({"gender": {"value": "male"}}, {}),
        ({"gender": {"values": ["male", "female"]}, "name": {"value": "李四"}}, {"gender": "female"}),
        ({"phone_number_verified": {"value": True}}, {"phone_number_verified": True}),
        ({"phone_number_verified": {"value": 1}}, {}),
    ],
)
def test_a_value_that_is_not_so_is_left_out(
    world: World, wanted: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Core section 5.5.1; also where a scope would have released the claim."""
    world.sign_in()
    response = world.authorize(scope="openid profile", claims=asked(wanted))
    code = fields_of(world.agree(response, chosen=("phone",)))["code"]
    userinfo, _ = got(world, code)
    assert {name: userinfo[name] for name in userinfo if name in wanted} == expected


def test_an_acr_that_is_a_wish_raises_the_level_without_an_error(world: World) -> None:
    world.sign_in(level=2)
    wish = asked(id_token={"acr": {"values": ["urn:yitong:acr:3"]}})
    assert path_of(world.authorize(claims=wish)) == "/login/presence"
    unreachable = asked(id_token={"acr": {"value": "urn:example:gold"}})
    assert path_of(world.authorize(claims=unreachable)) == "/consent"


def test_a_withdrawn_line_ends_the_release(world: World) -> None:
    world.sign_in()
    code = world.code(scope="openid", claims=asked({"birthdate": {"essential": True}}))
    token = json.loads(world.token(code).body)["access_token"]
    world.clock.advance(1)
    response = world.authorize(scope="openid", prompt="consent")
    world.agree(response, chosen=())
    assert set(json.loads(world.userinfo(token).body)) == {"sub"}


def test_a_number_that_a_client_asks_about_lies_open_nowhere(world: World) -> None:
    """A client may ask whether a number is the one that it knows (Core section 5.5.1)."""
    world.sign_in()
    number = "11010519491231002X"
    wanted = asked({"resident_number": {"essential": True, "value": number}})
    response = world.authorize(scope="openid", claims=wanted)
    stored: list[bytes] = []

    def look() -> None:
        entries: dict[str, tuple[bytes, object]] = vars(world.provider.store)["_entries"]
        stored.extend(value for value, _ in entries.values())

    look()
    form = {"client_id": HALL, "claims": wanted, "login_hint": number}
    posted = Request("POST", endpoint.PATH, form=parameters(form), content_type=FORM)
    assert endpoint.authorize(world.provider, posted, BROWSER).status == 303
    look()
    code = fields_of(world.agree(response))["code"]
    look()
    userinfo, _ = got(world, code)
    look()
    assert userinfo["resident_number"] == number
    assert len(stored) > 3
    assert not any(number.encode() in value for value in stored)


def test_a_parameter_that_no_key_opens_any_more_asks_for_nothing(world: World) -> None:
    cipher, text = world.provider.cipher, asked({"name": None})
    assert kept.unseal(cipher, HALL, kept.seal(cipher, HALL, text)).userinfo.claims
    assert not kept.unseal(cipher, SPA, kept.seal(cipher, HALL, text)).userinfo
    other = FieldCipher(KeyRing("new", {"new": bytes(range(32))}))
    assert not kept.unseal(other, HALL, kept.seal(cipher, HALL, text)).userinfo
    assert kept.seal(cipher, HALL, "") == ""


def test_every_line_has_words() -> None:
    assert set(SCOPE_WORDS) >= set(UNITS)


def test_a_malformed_parameter_goes_back_as_an_error(world: World) -> None:
    world.sign_in()
    for text in ("{", '{"userinfo": {"name": 1}}', '{"userinfo": {"verified_claims": {}}}'):
        assert fields_of(world.authorize(claims=text))["error"] == "invalid_request"
