"""What attackers try with authorization details (RFC 9396 section 12), each by its name."""

import json
from dataclasses import replace
from typing import Any

import pytest

from idp.oidc import asking, interaction
from idp.oidc.authorize import endpoint
from idp.oidc.clients.models import ClientRecord
from idp.oidc.http import Parameters
from idp.oidc.interaction import InteractionExpired
from idp.sessions import COOKIE
from tests.contracts.advertised.moves import error_of, part_of
from tests.idp.oidc.details.asked import FEE, FEES, INSURANCE, RECORD, SIGNATURE, prepare, text, whole
from tests.idp.oidc.details.test_flow import question_of, refreshed, tokens
from tests.idp.oidc.world import (
    BROWSER,
    CHALLENGE,
    HALL,
    REDIRECT_URIS,
    TAX,
    World,
    basic,
    fields_of,
    path_of,
)

REFUSED = "invalid_authorization_details"


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    world.sign_in(level=3, method="face")
    return world


def answer_with(world: World, question: asking.Question, asked: str) -> bool:
    """What the page's form does with what it brings back; False: it is shown again."""
    if asked != question.asked:
        return False
    asking.agree(world.provider, world.get("/"), question, ())
    return True


def test_attack_details_are_swapped_after_the_page_was_shown(ready: World) -> None:
    """A page left open agrees to nothing that another request asks, not even of the same client."""
    cheap = question_of(ready, ready.authorize(authorization_details=text(FEE)))
    dear_fee = FEE | {"amount": {"currency": "CNY", "amount": "49999.00"}}
    dear = ready.authorize(authorization_details=text(dear_fee))
    assert not answer_with(ready, question_of(ready, dear), cheap.asked)
    assert path_of(ready.resume(fields_of(dear)["interaction"])) == "/consent"


def test_attack_agreeing_to_one_payment_pays_twice(ready: World) -> None:
    """Two requests for the very same are two questions."""
    first, second = (ready.authorize(authorization_details=text(FEE)) for _ in range(2))
    assert "code" in fields_of(ready.agree(first))
    assert path_of(ready.resume(fields_of(second)["interaction"])) == "/consent"
    assert question_of(ready, first_again := ready.authorize(authorization_details=text(FEE))).details
    assert path_of(first_again) == "/consent"


def test_attack_somebody_signs_in_after_another_agreed(ready: World) -> None:
    """In the same interaction: what one person agreed to is not agreed to by the next."""
    response = ready.authorize(authorization_details=text(FEE))
    shown = question_of(ready, response)
    asking.agree(ready.provider, ready.get("/"), shown, ())
    found = interaction.find(ready.provider.store, shown.interaction.id, BROWSER, ready.clock())
    assert found.agreed == shown.particulars.digests
    interaction.agreed_to(ready.provider.store, found, "somebody else", ready.clock())
    assert path_of(ready.resume(found.id)) == "/consent"


def test_attack_the_interaction_of_one_is_answered_by_another_browser(ready: World) -> None:
    response = ready.authorize(authorization_details=text(FEE))
    with pytest.raises(interaction.InteractionForeign):
        asking.question(ready.provider, ready.get("/"), fields_of(response)["interaction"], "another browser")


@pytest.mark.parametrize(
    "wider",
    [
        FEE | {"amount": {"currency": "CNY", "amount": "200.00"}},
        FEE | {"payee": "云岭市不动产登记中心二"},
        FEE | {"notice_number": "1"},
        RECORD | {"datatypes": ["pension", "medical", "injury"]},
        RECORD | {"from": "2020-01-01"},
        SIGNATURE,
    ],
    ids=["amount", "payee", "field", "codes", "period", "type"],
)
def test_attack_a_token_request_asks_for_more(ready: World, wider: dict[str, Any]) -> None:
    code = ready.code(authorization_details=text(FEE, RECORD), scope="openid offline_access")
    refresh_token = tokens(ready, code)["refresh_token"]
    refused = refreshed(ready, refresh_token, authorization_details=text(wider))
    assert json.loads(refused.body)["error"] == REFUSED
    code = ready.code(authorization_details=text(FEE, RECORD))
    refused = ready.token(code, authorization_details=text(FEE, wider))
    assert json.loads(refused.body)["error"] == REFUSED
    # The code is spent, and its grant has ended.
    assert json.loads(ready.token(code).body)["error"] == "invalid_grant"


def test_attack_a_payment_that_was_agreed_to_once_is_refreshed_into_another(ready: World) -> None:
    """The page said: this once, you are asked again each time."""
    code = ready.code(authorization_details=text(FEE, RECORD), scope="openid offline_access")
    first = tokens(ready, code)
    assert first["authorization_details"] == whole(FEE, RECORD)
    refresh_token = first["refresh_token"]
    assert json.loads(refreshed(ready, refresh_token).body)["authorization_details"] == whole(RECORD)
    alone = json.loads(refreshed(ready, refresh_token, resource=FEES).body)
    assert "authorization_details" not in alone
    assert "authorization_details" not in part_of(alone["access_token"], 1)
    refused = refreshed(ready, refresh_token, authorization_details=text(FEE))
    assert json.loads(refused.body)["error"] == REFUSED


def test_attack_a_grant_without_details_is_given_some_at_the_token_endpoint(ready: World) -> None:
    refused = ready.token(ready.code(), authorization_details=text(RECORD))
    assert json.loads(refused.body)["error"] == REFUSED
    form = {"grant_type": "client_credentials", "authorization_details": text(RECORD)}
    with ready.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, TAX)
        grants = ["authorization_code", "client_credentials"]
        record.metadata_json = {**record.metadata_json, "grant_types": grants}
    refused = ready.post("/oauth2/token", form, authorization=basic(TAX, "tax-secret"))
    assert json.loads(refused.body)["error"] == REFUSED


def test_attack_details_are_carried_to_another_resource(ready: World) -> None:
    code = ready.code(authorization_details=text(FEE, RECORD))
    refused = ready.token(code, authorization_details=text(FEE), resource=INSURANCE)
    assert json.loads(refused.body)["error"] == REFUSED
    found = tokens(ready, ready.code(authorization_details=text(FEE, RECORD)), resource=INSURANCE)
    assert found["authorization_details"] == whole(RECORD)
    assert FEE["payee"] not in json.dumps(found, ensure_ascii=False)


def test_attack_another_clients_type(world: World) -> None:
    prepare(world, may_ask=("social_insurance_record",))
    world.sign_in(level=3, method="face")
    assert error_of(world.authorize(authorization_details=text(FEE))) == REFUSED
    assert error_of(world.authorize(TAX, authorization_details=text(RECORD))) == REFUSED


def test_attack_details_that_nobody_serves(ready: World) -> None:
    """A location without a server would be a name that anybody may take later."""
    with ready.provider.sessions.begin() as session:
        session.get_one(ClientRecord, TAX).status = "suspended"
    ready.provider.clients.forget(TAX)
    assert error_of(ready.authorize(authorization_details=text(FEE))) == REFUSED
    assert path_of(ready.authorize(authorization_details=text(RECORD))) == "/consent"


@pytest.mark.parametrize(
    "asked",
    [
        text(FEE | {"fee": "x" * 5000}),
        text(*(FEE | {"fee": str(n)} for n in range(9))),
        "[" + "[" * 4000,
        text(FEE | {"fee": "Refund \u202e00.05 YNC"}),
        text(FEE | {"payee": "You\u2066\u2069"}),
    ],
    ids=["long", "many", "deep", "bidi override", "bidi isolate"],
)
def test_attack_too_large_or_turned_around(ready: World, asked: str) -> None:
    response = ready.authorize(authorization_details=asked)
    assert error_of(response) in {REFUSED, "invalid_request"}
    assert "\u202e" not in fields_of(response)["error_description"]


def test_attack_the_parameter_comes_twice(ready: World) -> None:
    given = {
        "client_id": (HALL,),
        "redirect_uri": (REDIRECT_URIS[HALL],),
        "response_type": ("code",),
        "scope": ("openid",),
        "code_challenge": (CHALLENGE,),
        "code_challenge_method": ("S256",),
        "authorization_details": (text(RECORD), text(FEE)),
    }
    request = replace(ready.get(endpoint.PATH), query=Parameters(given))
    assert error_of(endpoint.authorize(ready.provider, request, BROWSER)) == "invalid_request"  # type: ignore[arg-type]


@pytest.mark.parametrize("made_up", ["other", ""], ids=["of another request", "nothing"])
def test_attack_what_was_kept_is_changed_in_the_store(ready: World, made_up: str) -> None:
    """What cannot be shown as it was asked nobody agrees to."""
    other = question_of(ready, ready.authorize(authorization_details=text(RECORD)))
    shown = question_of(ready, ready.authorize(authorization_details=text(FEE)))
    request = shown.interaction.request
    assert request is not None
    sealed = other.particulars.details if made_up else ""
    changed = replace(request, particulars=replace(request.particulars, details=sealed))
    interaction.keep(ready.provider.store, replace(shown.interaction, request=changed), ready.clock())
    with pytest.raises(InteractionExpired):
        asking.question(ready.provider, ready.get("/"), shown.interaction.id, BROWSER)


def test_attack_a_signed_out_session_agrees(ready: World) -> None:
    response = ready.authorize(authorization_details=text(FEE))
    ready.cookies.pop(COOKIE)
    assert (
        asking.question(ready.provider, ready.get("/"), fields_of(response)["interaction"], BROWSER) is None
    )
    assert FEES not in repr(ready.events("consent_granted"))
