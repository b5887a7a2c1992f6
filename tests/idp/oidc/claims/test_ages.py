"""Age gates: whether somebody has reached an age, and nothing else of their date of birth."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from idp.oidc.claims import catalogue
from idp.oidc.claims.catalogue import SealedPerson
from idp.people.models import Person
from tests.contracts.advertised.moves import change
from tests.idp.oidc.claims.test_ordinary import asked, got, items
from tests.idp.oidc.conftest import MANIFESTS
from tests.idp.oidc.world import HALL, World, fields_of

SCOPES = f"{MANIFESTS[HALL]['scope']} age"
MIDNIGHT_IN_CHINA = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


@pytest.fixture
def gate(world: World) -> World:
    """The hall may ask for ages."""
    change(world, HALL, scope=SCOPES)
    world.sign_in()
    return world


def born(world: World, day: date, *, level: int = 2) -> None:
    with world.provider.sessions.begin() as session:
        session.execute(update(Person).values(birth_date=day, level=level))


def test_the_scope_tells_of_18_alone(gate: World) -> None:
    response = gate.authorize(scope="openid age")
    assert set(items(gate, response)) == {"openid", "age"}
    userinfo, id_token = got(gate, fields_of(gate.agree(response))["code"])
    assert {name: userinfo[name] for name in userinfo if name != "sub"} == {"age_over_18": True}
    assert "birthdate" not in id_token
    (event,) = gate.events("claims_released")
    assert json.loads(event.payload)["scopes"] == ["openid", "age"]


def test_each_other_age_is_asked_for_by_name_and_agreed_to_by_itself(gate: World) -> None:
    gate.code(scope="openid age")
    response = gate.authorize(scope="openid", claims=asked({"age_over_60": {"essential": True}}))
    assert set(items(gate, response)) == {"openid", "age", "claim:age_over_60"}
    userinfo, _ = got(gate, fields_of(gate.agree(response))["code"])
    assert set(userinfo) == {"sub", "age_over_60"}


def test_who_agreed_to_the_scope_is_not_asked_about_18_again(gate: World) -> None:
    gate.code(scope="openid age")
    response = gate.authorize(scope="openid", claims=asked(id_token={"age_over_18": {"value": True}}))
    assert got(gate, fields_of(response)["code"])[1]["age_over_18"] is True


@pytest.mark.parametrize(
    ("day", "over_18"),
    [
        (date(2008, 11, 22), True),
        (date(2008, 11, 23), False),
    ],
)
def test_the_day_counts_in_china(gate: World, day: date, *, over_18: bool) -> None:
    gate.clock.now = MIDNIGHT_IN_CHINA.replace(hour=15, minute=59)
    gate.sign_in()
    born(gate, day)
    assert got(gate, gate.code(scope="openid age"))[0]["age_over_18"] is over_18
    gate.clock.now = MIDNIGHT_IN_CHINA
    assert got(gate, gate.code(scope="openid age"))[0]["age_over_18"] is True


@pytest.mark.parametrize(
    ("today", "over_18"),
    [(date(2026, 2, 28), False), (date(2026, 3, 1), True), (date(2028, 2, 29), True)],
)
def test_who_was_born_on_29_february_is_of_age_on_1_march(
    world: World, today: date, *, over_18: bool
) -> None:
    """Of common years: nobody is told to be of age too early."""
    person = SealedPerson("id", b"", date(2008, 2, 29), None, None, None, is_verified=True)
    found = catalogue.values(world.engine, world.provider.cipher, person, {"age_over_18"}, today)
    assert found == {"age_over_18": over_18}


def test_attack_many_questions_bisect_the_date_of_birth(gate: World) -> None:
    """Years between those that laws know are no claims; what is asked about them is ignored."""
    every = {f"age_over_{years}": {"essential": True} for years in range(1, 100)}
    response = gate.authorize(scope="openid", claims=asked(every))
    shown = set(items(gate, response))
    assert shown == {"openid", "age", *(f"claim:age_over_{years}" for years in (14, 16, 60, 65))}
    userinfo, _ = got(gate, fields_of(gate.agree(response))["code"])
    assert set(userinfo) == {"sub", *(catalogue.AGE.format(years) for years in catalogue.AGES)}


def test_attack_a_client_that_may_not_ask_for_ages_asks_by_name(world: World) -> None:
    world.sign_in()
    response = world.authorize(scope="openid", claims=asked({"age_over_18": {"essential": True}}))
    assert set(items(world, response)) == {"openid"}


def test_attack_an_age_that_nobody_has_verified_opens_a_gate(gate: World) -> None:
    born(gate, date(1949, 12, 31), level=1)
    userinfo, _ = got(gate, gate.code(scope="openid age"))
    assert set(userinfo) == {"sub"}


def test_an_age_comes_as_a_verified_claim(gate: World) -> None:
    wanted = {
        "verification": {"trust_framework": None},
        "claims": {"age_over_18": {"essential": True, "value": True}, "age_over_65": None},
    }
    response = gate.authorize(scope="openid", claims=asked({"verified_claims": wanted}))
    assert {"age", "claim:age_over_65", "verification"} <= set(items(gate, response))
    code = fields_of(gate.agree(response, chosen=("claim:age_over_65",)))["code"]
    userinfo, _ = got(gate, code)
    assert userinfo["verified_claims"]["claims"] == {"age_over_18": True, "age_over_65": True}
    assert set(userinfo) == {"sub", "verified_claims"}
