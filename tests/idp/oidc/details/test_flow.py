"""Details from the request over the consent page to the tokens (RFC 9396), and a stated purpose."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from idp.crypto.digests import digest
from idp.oidc import asking
from idp.oidc.asking import Question
from idp.oidc.sharing import REMEMBERED_AT_MOST, Consent
from idp.oidc.token.offline_grants import OfflineGrant
from tests.contracts.advertised.moves import change, error_of, part_of
from tests.idp.oidc.clients.signing import jwks_of, new_key, signed
from tests.idp.oidc.details.asked import (
    FEE,
    FEES,
    INSURANCE,
    RECORD,
    SIGNATURE,
    prepare,
    text,
    whole,
)
from tests.idp.oidc.world import (
    BROWSER,
    CHALLENGE,
    HALL,
    REDIRECT_URIS,
    SECRETS,
    World,
    basic,
    fields_of,
    path_of,
)


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    world.sign_in(level=3, method="face")
    return world


def question_of(world: World, response: Any) -> Question:
    assert path_of(response) == "/consent", fields_of(response)
    found = asking.question(world.provider, world.get("/"), fields_of(response)["interaction"], BROWSER)
    assert found is not None
    return found


def tokens(world: World, code: str, **changes: str | None) -> dict[str, Any]:
    response = world.token(code, **changes)
    assert response.status == 200, response.body
    found: dict[str, Any] = json.loads(response.body)
    return found


def refreshed(world: World, refresh_token: str, **changes: str) -> Any:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **changes}
    return world.post("/oauth2/token", form, authorization=basic(HALL, SECRETS[HALL]))


def test_what_was_agreed_to_stands_in_the_answer_and_in_the_token(ready: World) -> None:
    response = ready.authorize(authorization_details=text(FEE, RECORD))
    shown = question_of(ready, response)
    assert [one.to_json() for one in shown.details] == whole(FEE, RECORD)
    found = tokens(ready, fields_of(ready.agree(response))["code"])
    assert found["authorization_details"] == whole(FEE, RECORD)
    claims = part_of(found["access_token"], 1)
    assert claims["authorization_details"] == whole(FEE, RECORD)
    assert claims["aud"] == [FEES, INSURANCE]


def test_details_are_for_their_own_resource(ready: World) -> None:
    """Section 9.1, and a token for a resource opens nothing else: not userinfo, unless that is named."""
    both = text(FEE, RECORD)
    found = tokens(ready, ready.code(authorization_details=both), resource=FEES)
    assert part_of(found["access_token"], 1)["aud"] == FEES
    assert found["authorization_details"] == whole(FEE)
    assert ready.userinfo(found["access_token"]).status == 401
    issuer = ready.provider.issuer
    code = ready.code(authorization_details=both, resource=issuer)
    found = tokens(ready, code, resource=issuer)
    assert "authorization_details" not in found
    assert "authorization_details" not in part_of(found["access_token"], 1)
    assert ready.userinfo(found["access_token"]).status == 200


def test_a_token_request_may_ask_for_less(ready: World) -> None:
    """Section 6: the resources follow from what is asked for."""
    less = RECORD | {"datatypes": ["medical"]}
    code = ready.code(authorization_details=text(FEE, RECORD), resource=ready.provider.issuer)
    found = tokens(ready, code, authorization_details=text(less))
    assert found["authorization_details"] == whole(less)
    assert part_of(found["access_token"], 1)["aud"] == INSURANCE


def test_a_refresh_narrows_one_token_and_not_the_grant(ready: World) -> None:
    less, other = RECORD | {"datatypes": ["medical"]}, RECORD | {"from": "2024-01-01"}
    code = ready.code(authorization_details=text(RECORD, other, FEE), scope="openid offline_access")
    refresh_token = tokens(ready, code)["refresh_token"]
    narrow = json.loads(refreshed(ready, refresh_token, authorization_details=text(less)).body)
    assert narrow["authorization_details"] == whole(less)
    assert part_of(narrow["access_token"], 1)["aud"] == INSURANCE
    again = json.loads(refreshed(ready, refresh_token).body)
    assert again["authorization_details"] == whole(RECORD, other)
    with ready.engine.connect() as connection:
        (kept,) = connection.execute(select(OfflineGrant.details)).scalars().all()
    assert kept
    assert "123.50" not in kept


def test_a_type_that_is_taken_away_goes_from_later_tokens(ready: World) -> None:
    code = ready.code(authorization_details=text(FEE, RECORD), scope="openid offline_access")
    refresh_token = tokens(ready, code)["refresh_token"]
    assert json.loads(refreshed(ready, refresh_token).body)["authorization_details"] == whole(RECORD)
    change(ready, HALL, authorization_details_types=["payment_of_fee"])
    ready.clock.advance(6)
    later = json.loads(refreshed(ready, refresh_token).body)
    assert "authorization_details" not in later


def test_what_is_asked_once_is_asked_each_time(ready: World) -> None:
    asked = text(FEE)
    ready.code(authorization_details=asked)
    assert path_of(ready.authorize(authorization_details=asked)) == "/consent"
    assert error_of(ready.authorize(authorization_details=asked, prompt="none")) == "consent_required"


def test_the_very_same_is_remembered_and_nothing_else(ready: World) -> None:
    ready.code(authorization_details=text(RECORD))
    turned = RECORD | {"datatypes": ["pension", "medical"]}
    found = tokens(
        ready, fields_of(ready.authorize(authorization_details=text(turned), prompt="none"))["code"]
    )
    assert found["authorization_details"] == whole(RECORD)
    for other in (RECORD | {"datatypes": ["medical"]}, RECORD | {"to": "2025-12-30"}):
        assert path_of(ready.authorize(authorization_details=text(other))) == "/consent"


def test_a_memory_ends_with_its_own_days_and_with_the_consent(ready: World) -> None:
    ready.code(authorization_details=text(RECORD))
    ready.clock.advance(179 * 86400)
    ready.sign_in(level=3, method="face")
    ready.code(prompt="consent")  # the scopes anew; the record was not on that page
    ready.clock.advance(86400 + 1)
    ready.sign_in(level=3, method="face")
    assert path_of(ready.authorize(prompt="none")) == "/callback"
    assert "code" in fields_of(ready.authorize(prompt="none"))
    assert path_of(ready.authorize(authorization_details=text(RECORD))) == "/consent"


def test_memories_are_bounded(ready: World) -> None:
    days = [f"2024-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 21)]
    for at in range(0, len(days), 8):
        ready.clock.advance(1)
        asked = (RECORD | {"from": day} for day in days[at : at + 8])
        ready.code(authorization_details=text(*asked))
    with ready.engine.connect() as connection:
        (kept,) = connection.execute(select(Consent.particulars)).scalars().all()
    assert len(kept) == REMEMBERED_AT_MOST
    latest = text(RECORD | {"from": days[-1]})
    assert "code" in fields_of(ready.authorize(authorization_details=latest, prompt="none"))


def test_a_type_says_how_sure_of_the_person_we_have_to_be(world: World) -> None:
    prepare(world)
    world.sign_in()
    assert path_of(world.authorize(authorization_details=text(RECORD))) == "/consent"
    response = world.authorize(authorization_details=text(SIGNATURE))
    assert path_of(response) == "/login/presence"
    world.prove(level=3, method="face")
    found = tokens(world, fields_of(world.agree(world.resume(fields_of(response)["interaction"])))["code"])
    assert part_of(found["access_token"], 1)["acr"] == "urn:yitong:acr:3"


def test_a_pushed_request_is_read_when_it_is_pushed(ready: World) -> None:
    form = {
        "redirect_uri": REDIRECT_URIS[HALL],
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }

    def push(*details: Any) -> Any:
        asked = {**form, "authorization_details": text(*details)}
        return ready.post("/oauth2/par", asked, authorization=basic(HALL, SECRETS[HALL]))

    refused = push({**FEE, "more": 1})
    assert refused.status == 400
    assert json.loads(refused.body)["error"] == "invalid_authorization_details"
    request_uri = json.loads(push(FEE).body)["request_uri"]
    response = ready.authorize(
        request_uri=request_uri, **dict.fromkeys(("redirect_uri", "response_type", "scope", "nonce"), None)
    )
    assert tokens(ready, fields_of(ready.agree(response))["code"])["authorization_details"] == whole(FEE)


def test_a_request_object_holds_them_as_an_array(ready: World) -> None:
    key = new_key("ES256")
    change(ready, HALL, jwks=jwks_of(key))
    asked: dict[str, Any] = {
        "client_id": HALL,
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": REDIRECT_URIS[HALL],
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "authorization_details": [FEE],
    }
    beside = text(FEE | {"payee": "Somebody else"})
    response = ready.authorize(request=signed(key, asked), authorization_details=beside)
    assert tokens(ready, fields_of(ready.agree(response))["code"])["authorization_details"] == whole(FEE)


def test_events_name_types_and_digests_and_no_value(ready: World) -> None:
    response = ready.authorize(authorization_details=text(FEE), purpose="To register my flat")
    tokens(ready, fields_of(ready.agree(response))["code"])
    found = {
        name: json.loads(ready.events(name)[-1].payload)
        for name in ("consent_granted", "code_issued", "token_issued")
    }
    assert found["consent_granted"]["particulars"] == ["payment_of_fee", "purpose", "resource"]
    assert found["consent_granted"]["particular_digests"] == found["code_issued"]["particular_digests"]
    assert found["token_issued"]["particulars"] == ["payment_of_fee"]
    assert found["token_issued"]["particular_digests"] == found["code_issued"]["particular_digests"][:1]
    logged = json.dumps(found, ensure_ascii=False)
    assert not any(value in logged for value in ("123.50", FEE["payee"], FEE["fee"], "flat"))
    # Keyed: who reads the log cannot guess at what it stands for.
    plain = digest(json.dumps(whole(FEE), ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    assert plain not in logged


def test_the_stated_purpose_is_shown_and_asked_about_anew_when_it_changes(ready: World) -> None:
    response = ready.authorize(purpose="为您办理不动产登记")
    assert question_of(ready, response).stated_purpose == "为您办理不动产登记"
    ready.agree(response)
    assert "code" in fields_of(ready.authorize(purpose="为您办理不动产登记", prompt="none"))
    assert path_of(ready.authorize(purpose="为您办理其他事项")) == "/consent"
    assert "code" in fields_of(ready.authorize(prompt="none"))


@pytest.mark.parametrize("purpose", ["ab", "x" * 301, "for\u202eyou", " for you"])
def test_a_purpose_has_its_bounds(ready: World, purpose: str) -> None:
    assert error_of(ready.authorize(purpose=purpose)) == "invalid_request"


def test_what_was_left_out_before_is_not_ticked_again(ready: World) -> None:
    response = ready.authorize(scope="openid profile phone")
    ready.agree(response)
    shown = question_of(ready, ready.authorize(scope="openid profile phone", authorization_details=text(FEE)))
    assert {item.scope: item.left_out for item in shown.items if not item.required} == {"phone": True}


def test_nothing_of_it_lies_readable_in_the_store(ready: World) -> None:
    response = ready.authorize(authorization_details=text(FEE), purpose="To register my flat")
    ready.agree(response)
    store: Any = ready.provider.store
    kept = repr(vars(store))
    assert "123.50" not in kept
    assert "flat" not in kept
    assert "payment_of_fee" in kept
