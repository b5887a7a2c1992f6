"""`verified_claims`: what was checked, how and when, as far as asked, agreed to and still true."""

import json
from base64 import b64decode
from typing import Any

import pytest
from sqlalchemy import update

from idp.crypto.digests import from_base64url
from idp.people.models import Person
from tests.idp.oidc.claims.evidence import face_evidence, sign_in_by_face
from tests.idp.oidc.claims.test_ordinary import got, items
from tests.idp.oidc.world import HALL, SPA, World, fields_of

RECORD = {"type": {"value": "electronic_record"}}
FACE = {**RECORD, "check_details": [{"check_method": {"value": "bvr"}, "check_id": None, "time": None}]}
UNITS = ("claim:name", "claim:birthdate", "phone", "verification", "face_receipt")


def wanted(claims: Any = None, member: str = "userinfo", **verification: Any) -> str:
    asked = {
        "verification": {"trust_framework": None, **verification},
        "claims": claims or {"name": None},
    }
    return json.dumps({member: {"verified_claims": asked}})


def answer(world: World, claims: str, client_id: str = HALL, /, **changes: str | None) -> Any:
    """The `verified_claims` of userinfo."""
    response = world.authorize(client_id, scope="openid", claims=claims, **changes)
    if "interaction" in fields_of(response):
        response = world.agree(response, chosen=UNITS)
    return got(world, fields_of(response)["code"], client_id)[0].get("verified_claims")


def test_the_least_that_can_be_asked(world: World) -> None:
    world.sign_in()
    assert answer(world, wanted()) == {
        "verification": {"trust_framework": "cn_yitong"},
        "claims": {"name": "张三丰"},
    }


def test_the_register_is_the_evidence_of_an_account_that_was_verified(world: World) -> None:
    world.sign_in()
    found = answer(
        world,
        wanted(
            {"name": None, "birthdate": None},
            assurance_level=None,
            time=None,
            evidence=[{**RECORD, "check_details": None, "record": {"type": None, "source": None}}],
        ),
    )
    verified_at = "2025-10-18T08:00:00Z"
    assert found["verification"] == {
        "trust_framework": "cn_yitong",
        "assurance_level": "urn:yitong:acr:2",
        "time": verified_at,
        "evidence": [
            {
                "type": "electronic_record",
                "check_details": [{"check_method": "data", "time": verified_at}],
                "record": {"type": "population_register", "source": {"country_code": "CHN"}},
            }
        ],
    }
    assert found["claims"] == {"name": "张三丰", "birthdate": "1949-12-31"}


def test_a_face_is_evidence_while_it_counts_and_told_of_to_who_asks(world: World) -> None:
    evidence = sign_in_by_face(world)
    found = answer(world, wanted(assurance_level=None, evidence=[FACE]))
    (told,) = found["verification"]["evidence"]
    (check,) = told["check_details"]
    assert (check["check_method"], check["time"]) == ("bvr", "2026-11-22T08:00:00Z")
    assert check["check_id"] != evidence.check_id
    assert found["verification"]["assurance_level"] == "urn:yitong:acr:3"
    assert "attachments" not in told
    released = json.loads(world.events("claims_released")[-1].payload)
    assert released["check_id"] == evidence.check_id
    assert "receipt_id" not in released
    assert released["scopes"] == ["openid", "claim:name", "verification", "face_receipt"]
    # A quarter of an hour later nobody is known to be there.
    world.clock.advance(world.provider.protocol.presence_seconds + 1)
    assert answer(world, wanted(evidence=[FACE])) is None
    assert answer(world, wanted(assurance_level=None))["verification"] == {
        "trust_framework": "cn_yitong",
        "assurance_level": "urn:yitong:acr:2",
    }


def test_a_face_is_not_told_of_to_who_asks_for_the_register(world: World) -> None:
    sign_in_by_face(world)
    found = answer(world, wanted(evidence=[{**RECORD, "check_details": None}]))
    methods = [
        check["check_method"] for one in found["verification"]["evidence"] for check in one["check_details"]
    ]
    assert methods == ["data"]


def test_without_a_face_there_is_no_evidence_of_one(world: World) -> None:
    world.sign_in(level=3, method="passkey")
    assert answer(world, wanted(evidence=[FACE])) is None
    either = [FACE, {**RECORD, "check_details": [{"check_method": {"value": "data"}}]}]
    found = answer(world, wanted(evidence=either))
    assert [one["check_details"] for one in found["verification"]["evidence"]] == [[{"check_method": "data"}]]


def test_a_face_that_nobody_compared_is_no_evidence(world: World) -> None:
    sign_in_by_face(world, face_evidence(world.clock(), matched_by=None))
    assert answer(world, wanted(evidence=[FACE])) is None


def test_a_face_compared_with_a_kept_template_does_not_claim_the_registers_photo(world: World) -> None:
    sign_in_by_face(world, face_evidence(world.clock(), matched_by="template"))
    entry = {**FACE, "record": None}
    (told,) = answer(world, wanted(evidence=[entry]))["verification"]["evidence"]
    assert "record" not in told


def test_who_does_not_agree_to_the_receipt_gives_none(world: World) -> None:
    sign_in_by_face(world)
    response = world.authorize(
        scope="openid", claims=wanted(evidence=[FACE, {**RECORD, "attachments": None}])
    )
    shown = items(world, response)
    assert set(shown) == {"openid", "claim:name", "verification", "face_receipt"}
    assert not shown["face_receipt"].required
    code = fields_of(world.agree(response, chosen=("claim:name", "verification")))["code"]
    evidence = got(world, code)[0]["verified_claims"]["verification"]["evidence"]
    assert evidence == [{"type": "electronic_record"}]


def test_who_does_not_agree_to_verification_gives_none(world: World) -> None:
    world.sign_in()
    response = world.authorize(scope="openid", claims=wanted())
    code = fields_of(world.agree(response, chosen=("claim:name",)))["code"]
    assert set(got(world, code)[0]) == {"sub"}


def test_a_session_below_level_2_verifies_nothing(world: World) -> None:
    world.sign_in(level=1, method="sms")
    assert answer(world, wanted()) is None


def test_an_account_that_was_never_verified_verifies_nothing(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(update(Person).values(level=1, verified_at=None))
    world.sign_in(level=2)
    assert answer(world, wanted()) is None


def test_a_time_that_is_not_known_is_not_told_and_meets_no_demand(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(update(Person).values(verified_at=None))
    world.sign_in()
    found = answer(world, wanted(time=None, evidence=[{**RECORD, "check_details": [{"time": None}]}]))
    assert "time" not in found["verification"]
    assert found["verification"]["evidence"][0]["check_details"] == [{"check_method": "data"}]
    assert answer(world, wanted(time={"max_age": 10**9})) is None


@pytest.mark.parametrize(
    ("claims", "verification", "expected"),
    [
        ({"name": {"value": "张三丰"}}, {}, ["name"]),
        ({"name": {"value": "李四"}}, {}, None),
        ({"name": {"value": "李四"}, "birthdate": {"values": ["1949-12-31"]}}, {}, ["birthdate"]),
        ({"name": {"essential": True}}, {"trust_framework": {"value": "de_aml"}}, None),
        ({"name": None}, {"trust_framework": {"values": ["de_aml", "cn_yitong"]}}, ["name"]),
        ({"name": None}, {"assurance_level": {"value": "urn:yitong:acr:3"}}, None),
        ({"name": None}, {"time": {"max_age": 400 * 86400}}, ["name"]),
        ({"name": None}, {"time": {"max_age": 399 * 86400}}, None),
        ({"name": None}, {"evidence": [{"type": {"value": "document"}}]}, None),
        ({"phone_number": None, "email": None}, {}, None),
    ],
)
def test_what_is_demanded_is_so_or_nothing_is_said(
    world: World, claims: Any, verification: Any, expected: list[str] | None
) -> None:
    """Identity Assurance section 5.7; and nothing of it is an error."""
    world.sign_in()
    found = answer(world, wanted(claims, **verification))
    assert (None if found is None else list(found["claims"])) == expected


def test_several_requests_are_answered_one_by_one(world: World) -> None:
    sign_in_by_face(world)
    one = {"verification": {"trust_framework": None}, "claims": {"name": None}}
    other = {"verification": {"trust_framework": {"value": "eidas"}}, "claims": {"name": None}}
    third = {"verification": {"trust_framework": None, "evidence": [FACE]}, "claims": {"birthdate": None}}
    found = answer(world, json.dumps({"userinfo": {"verified_claims": [one, other, third]}}))
    assert [set(each["claims"]) for each in found] == [{"name"}, {"birthdate"}]
    assert "evidence" not in found[0]["verification"]


def test_it_comes_in_the_id_token_where_it_was_asked_for_there(world: World) -> None:
    sign_in_by_face(world)
    entry = {**FACE, "attachments": None}
    response = world.authorize(scope="openid", claims=wanted(member="id_token", evidence=[entry]))
    userinfo, id_token = got(world, fields_of(world.agree(response, chosen=UNITS))["code"])
    assert set(userinfo) == {"sub"}
    (attached,) = id_token["verified_claims"]["verification"]["evidence"][0]["attachments"]
    receipt = b64decode(attached["content"]).decode().split(".")
    assert json.loads(from_base64url(receipt[1]))["sub"] == id_token["sub"]
    (event,) = world.events("claims_released")
    assert json.loads(event.payload)["through"] == "id_token"


def test_a_client_gets_no_verified_claim_of_a_scope_that_it_may_not_ask(world: World) -> None:
    world.sign_in()
    assert answer(world, wanted({"resident_number": None}), SPA) is None
    found = answer(world, wanted({"resident_number": None, "name": None}), SPA)
    assert set(found["claims"]) == {"name"}


def test_with_offline_access_it_comes_in_the_id_token_of_the_sign_in_alone(world: World) -> None:
    """The grant stands without a session, and nobody is known to be there."""
    sign_in_by_face(world)
    asked = {"verification": {"trust_framework": None, "evidence": [FACE]}, "claims": {"name": None}}
    claims = json.dumps({member: {"verified_claims": asked} for member in ("userinfo", "id_token")})
    response = world.authorize(scope="openid offline_access", claims=claims)
    code = fields_of(world.agree(response, chosen=UNITS))["code"]
    userinfo, id_token = got(world, code)
    assert "evidence" in id_token["verified_claims"]["verification"]
    assert set(userinfo) == {"sub"}
