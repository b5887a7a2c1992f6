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
from idp.sandbox.outcomes.catalogue import CATALOGUE, Place
from idp.sandbox.outcomes.forging import NOBODY
from idp.sandbox.outcomes.id_tokens import CLAIMS, SIGNATURES
from tests.idp.oidc.world import HALL
from tests.idp.sandbox.outcomes.stage import Stage, claims, segment


@pytest.fixture(autouse=True)
def signed_in(stage: Stage) -> None:
    stage.world.sign_in()


def verified(stage: Stage, token: str) -> dict[str, object]:
    keys = KeySet.import_key_set(json.loads(stage.world.provider.keys.current().jwks))
    return dict(jwt.decode(token, keys, algorithms=["ES256"]).claims)


def test_every_one_of_the_catalogue_is_made() -> None:
    named = {one.name for one in CATALOGUE if one.place is Place.ID_TOKEN}
    assert named == CLAIMS.keys() | SIGNATURES.keys()


@pytest.mark.parametrize("outcome", sorted(CLAIMS))
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
