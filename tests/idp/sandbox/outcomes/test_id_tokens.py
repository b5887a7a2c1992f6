"""ID tokens that are wrong in one respect, and right in all others."""

import hmac
import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from idp.crypto.digests import base64url
from idp.oidc.clients.models import ClientRecord
from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.keys.jwt import ID_TOKEN, Signer
from idp.sandbox.outcomes.catalogue import CATALOGUE, Place
from idp.sandbox.outcomes.forging import NOBODY
from idp.sandbox.outcomes.id_tokens import CLAIMS, SIGNATURES
from idp.sandbox.outcomes.new_keys import AT_ONCE, SECONDS
from idp.sandbox.outcomes.twisting import MAC_BY_SECRET, NEW_KEY
from tests.idp.oidc.world import HALL, REDIRECT_URIS, SECRETS, VERIFIER
from tests.idp.sandbox.outcomes.stage import Stage, body, claims, segment

PUSHED_ALONE = "id_token_wrong_auth_req_id"


@pytest.fixture(autouse=True)
def signed_in(stage: Stage) -> None:
    stage.world.sign_in()


def verified(stage: Stage, token: str) -> dict[str, object]:
    keys = KeySet.import_key_set(json.loads(stage.world.provider.keys.current().jwks))
    return dict(jwt.decode(token, keys, algorithms=["ES256"]).claims)


def published(stage: Stage) -> list[dict[str, str]]:
    """As an app fetches them."""
    response = stage.world.endpoints["/oauth2/jwks"](stage.world.get("/oauth2/jwks"))
    keys: list[dict[str, str]] = body(response)["keys"]
    return keys


def registered_with_post(stage: Stage) -> None:
    with stage.world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        changed = {"token_endpoint_auth_method": "client_secret_post"}
        record.metadata_json = {**record.metadata_json, **changed}


def test_every_one_of_the_catalogue_is_made() -> None:
    named = {one.name for one in CATALOGUE if one.place is Place.ID_TOKEN}
    assert named == CLAIMS.keys() | SIGNATURES.keys() | {NEW_KEY, MAC_BY_SECRET}


@pytest.mark.parametrize("outcome", sorted(CLAIMS.keys() - {PUSHED_ALONE}))
def test_claims_are_wrong_and_the_signature_is_right(stage: Stage, outcome: str) -> None:
    right = stage.id_token()
    stage.choose(outcome)
    wrong = verified(stage, stage.tokens()["id_token"])
    differs = {name for name in right.keys() | wrong.keys() if right.get(name) != wrong.get(name)}
    name = outcome.removeprefix("id_token_").split("_", 1)[-1]
    expected = {
        "expired": {"iat", "exp"},
        "future": {"iat", "exp", "nbf"},
    }.get(name, {name})
    assert differs - {"at_hash"} == expected - {"at_hash"}
    now = stage.world.clock().timestamp()
    if outcome == "id_token_expired":
        assert wrong["exp"] == int(now) - 3600
    if outcome == "id_token_future":
        assert wrong["nbf"] == wrong["iat"] == int(now) + 3600


def test_an_access_token_of_somebody_else_is_meant(stage: Stage) -> None:
    stage.choose("id_token_wrong_at_hash")
    tokens = stage.tokens()
    half = sha256(tokens["access_token"].encode()).digest()[:16]
    said = claims(tokens["id_token"])["at_hash"]
    assert said != base64url(half)
    assert len(said) == len(base64url(half))


def test_somebody_else_comes_beside_the_app(stage: Stage) -> None:
    stage.choose("id_token_extra_aud")
    wrong = stage.id_token()
    assert wrong["aud"] == [HALL, NOBODY]
    assert "azp" not in wrong


def test_the_level_is_lower_than_any_that_was_asked_for(stage: Stage) -> None:
    stage.choose("id_token_wrong_acr")
    assert stage.id_token(acr_values="urn:yitong:acr:2")["acr"] == "urn:yitong:acr:1"


@pytest.mark.parametrize("outcome", sorted(SIGNATURES))
def test_signatures_are_wrong_and_the_claims_are_right(stage: Stage, outcome: str) -> None:
    right = stage.id_token()
    stage.choose(outcome)
    token = stage.tokens()["id_token"]
    same = {name: value for name, value in claims(token).items() if name != "at_hash"}
    assert same == {name: value for name, value in right.items() if name != "at_hash"}
    with pytest.raises(JoseError):
        verified(stage, token)


def test_another_key_goes_by_the_same_kid(stage: Stage) -> None:
    right = segment(stage.tokens()["id_token"], 0)
    stage.choose("id_token_other_key")
    assert segment(stage.tokens()["id_token"], 0) == right


def test_none_has_no_signature(stage: Stage) -> None:
    stage.choose("id_token_alg_none")
    token = stage.tokens()["id_token"]
    assert segment(token, 0)["alg"] == "none"
    assert token.endswith(".")


def test_the_public_key_is_the_secret(stage: Stage) -> None:
    stage.choose("id_token_hs256")
    text, _, signature = stage.tokens()["id_token"].rpartition(".")
    signer = stage.world.provider.keys.current().signer("ES256", stage.world.clock())
    pem = signer.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert signature == base64url(hmac.new(pem, text.encode(), sha256).digest())


@pytest.mark.parametrize("sends", ["basic", "post"])
def test_the_secret_that_the_app_came_with_is_the_secret(stage: Stage, sends: str) -> None:
    stage.choose(MAC_BY_SECRET)
    if sends == "post":
        registered_with_post(stage)
    code = stage.back()["code"]
    if sends == "post":
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URIS[HALL]}
        who = {"client_id": HALL, "client_secret": SECRETS[HALL], "code_verifier": VERIFIER}
        response = stage.world.post("/oauth2/token", {**form, **who})
    else:
        response = stage.world.token(code)
    text, _, signature = body(response)["id_token"].rpartition(".")
    assert segment(f"{text}.", 0)["alg"] == "HS256"
    assert signature == base64url(hmac.new(SECRETS[HALL].encode(), text.encode(), sha256).digest())


def test_a_new_key_is_unknown_until_the_keys_are_fetched_again(stage: Stage) -> None:
    before = published(stage)
    stage.choose("id_token_new_key", sign_ins=None)
    first, second = stage.tokens()["id_token"], stage.tokens()["id_token"]
    kids = [segment(token, 0)["kid"] for token in (first, second)]
    assert len({*kids, *(key["kid"] for key in before)}) == len(before) + 2
    with pytest.raises(JoseError):
        jwt.decode(first, KeySet.import_key_set({"keys": before}), algorithms=["ES256"])
    after = published(stage)
    assert [key["kid"] for key in after] == [*(key["kid"] for key in before), *kids]
    assert all("d" not in key and key["use"] == "sig" for key in after[len(before) :])
    for token in (first, second):
        said = jwt.decode(token, KeySet.import_key_set({"keys": after}), algorithms=["ES256"]).claims
        assert said["aud"] == HALL
    assert not stage.fault_seen()


def test_new_keys_are_few_and_go_after_an_hour(stage: Stage) -> None:
    before = published(stage)
    stage.choose("id_token_new_key", sign_ins=None)
    for _ in range(AT_ONCE + 1):
        last = segment(stage.tokens()["id_token"], 0)["kid"]
    assert len(published(stage)) == len(before) + AT_ONCE
    assert published(stage)[-1]["kid"] == last
    stage.world.clock.advance(SECONDS + 1)
    assert published(stage) == before


def test_who_comes_while_keys_are_made_gets_an_honest_token(stage: Stage) -> None:
    stage.choose("id_token_new_key")
    while stage.outcomes.slow.acquire(blocking=False):
        pass
    assert verified(stage, stage.tokens()["id_token"])["aud"] == HALL
    assert stage.outcomes.new_keys.published() == []


def test_who_uses_the_tokens_of_such_an_answer_is_seen(stage: Stage) -> None:
    stage.choose("id_token_wrong_nonce")
    tokens = stage.tokens()
    assert not stage.fault_seen()
    assert stage.world.userinfo(tokens["access_token"]).status == 200
    assert stage.seen() == ["answered code", "token_requested 200", "userinfo_requested 200"]
    assert stage.fault_seen()


def test_userinfo_speaks_of_somebody_else(stage: Stage) -> None:
    stage.choose("userinfo_other_sub")
    tokens = stage.tokens()
    said = json.loads(stage.world.userinfo(tokens["access_token"]).body)
    assert said["sub"] != claims(tokens["id_token"])["sub"]
    assert said["name"]
    assert not stage.fault_seen()


def test_a_refresh_of_what_should_have_been_dropped_is_seen(stage: Stage) -> None:
    stage.choose("id_token_wrong_iss")
    scope = "openid profile offline_access"
    tokens = stage.tokens(scope=scope, prompt="consent")
    refreshed = stage.world.token(
        "", grant_type="refresh_token", code=None, refresh_token=tokens["refresh_token"]
    )
    assert refreshed.status == 200, refreshed.body
    assert "refresh_requested 200" in stage.seen()
    assert stage.fault_seen()


def test_attack_an_app_takes_the_new_keys_of_others_out_of_the_jwks(stage: Stage) -> None:
    new_keys = stage.outcomes.new_keys
    signer = Signer("ours", "ES256", ALGORITHMS["ES256"].generate(), (ID_TOKEN,))
    victims = segment(new_keys.sign(signer, {"aud": "victim"}), 0)["kid"]
    latest = [segment(new_keys.sign(signer, {"aud": "thief"}), 0)["kid"] for _ in range(AT_ONCE + 2)]
    found = [one["kid"] for one in new_keys.published()]
    assert found == [victims, *latest[-(AT_ONCE - 1) :]]
