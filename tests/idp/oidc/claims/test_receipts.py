"""Receipts of face checks: verified by public keys alone, taken for nothing else, no trail of a person."""

import json
from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt as joserfc_jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import ECKey, KeySet

from idp import sessions
from idp.crypto.digests import base64url, from_base64url
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.oidc.claims import receipts
from idp.oidc.claims.receipts import Evidence
from idp.oidc.claims.verifying import ReceiptRefused, verify
from idp.oidc.hints import HintRefused, read_hint
from idp.oidc.http import Request
from idp.oidc.keys.jwt import ACCESS_TOKEN, GOING_LIVE, ID_TOKEN, RECEIPT
from idp.session_proofs import Proof
from liveness import Receipt
from tests.idp.oidc.claims.evidence import CONSENT_ID, face_evidence, sign_in_by_face
from tests.idp.oidc.claims.test_ordinary import got
from tests.idp.oidc.claims.test_verified import RECORD, UNITS, wanted
from tests.idp.oidc.world import HALL, TAX, World, fields_of

JWKS = "/oauth2/receipts/jwks"
WANTED = wanted(evidence=[{**RECORD, "check_details": None, "attachments": None}])


def receipt_of(world: World, client_id: str = HALL) -> str:
    """As a client takes it from userinfo."""
    response = world.authorize(client_id, scope="openid", claims=WANTED)
    if "interaction" in fields_of(response):
        response = world.agree(response, chosen=UNITS)
    found = got(world, fields_of(response)["code"], client_id)[0]["verified_claims"]
    (told,) = [one for one in found["verification"]["evidence"] if "attachments" in one]
    (attached,) = told["attachments"]
    assert attached["content_type"] == "application/jwt"
    token = b64decode(attached["content"], validate=True).decode("ascii")
    assert told["check_details"][0]["check_id"] == claims_of(token)["check_id"]
    return token


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(from_base64url(token.split(".")[1]))
    return found


def jwks(world: World) -> dict[str, Any]:
    """The public keys, as anybody fetches them."""
    found: dict[str, Any] = json.loads(world.endpoints[JWKS](Request("GET", JWKS)).body)
    return found


def test_a_client_verifies_it_with_public_keys_and_a_common_library(world: World) -> None:
    evidence = sign_in_by_face(world)
    token = receipt_of(world)
    keys = KeySet.import_key_set(jwks(world))
    found = joserfc_jwt.decode(token, keys, algorithms=["ES256"])
    assert found.header["typ"] == "liveness-receipt+jwt"
    claims = found.claims
    assert {name: claims[name] for name in ("iss", "aud", "nonce")} == {
        "iss": "https://id.example",
        "aud": HALL,
        "nonce": "the-nonce",
    }
    receipt = Receipt.from_claims(claims["receipt"])
    assert receipt.live
    assert receipt.matched_by == "engine"
    assert [gate.name for gate in receipt.gates] == ["antispoof", "match"]
    assert receipt.digest == Receipt.from_claims(evidence.receipt).digest


def test_the_log_ties_a_receipt_to_its_check(world: World) -> None:
    evidence = sign_in_by_face(world)
    claims = claims_of(receipt_of(world))
    released = json.loads(world.events("claims_released")[-1].payload)
    assert released["receipt_id"] == claims["jti"]
    assert released["check_id"] == evidence.check_id


def test_a_receipt_outlives_the_key_that_signed_it(world: World) -> None:
    from tests.idp.oidc.keys.test_making import DAY, rotated

    sign_in_by_face(world)
    token = receipt_of(world)
    for _ in range(2):
        world.clock.advance(91 * DAY)
        rotated(world)
        world.clock.advance(2 * DAY)
        rotated(world)
    assert len(jwks(world)["keys"]) == 3
    assert verify(token, jwks(world), "https://id.example").client_id == HALL


# What two relying parties can find out together


def leaves(value: Any) -> set[str]:
    """Every value that is long enough to tell one person from another."""
    if isinstance(value, dict):
        return set().union(*(leaves(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(leaves(inner) for inner in value))
    return {str(value)}


def shared(left: dict[str, Any], right: dict[str, Any]) -> set[str]:
    ours = {"https://id.example", "the-nonce", "a" * 64, "b" * 64}
    words = {"True", "1", "live", "engine", "turn_left", "nod", "antispoof", "match", "0.5", "0.4"}
    return (leaves(left) & leaves(right)) - ours - words


def test_two_checks_have_nothing_in_common(world: World) -> None:
    """The same person by the same consent, at two portals: even the consent has another name at each."""
    sign_in_by_face(world, face_evidence(world.clock(), seed=1))
    first = claims_of(receipt_of(world, HALL))
    world.clock.advance(100)
    sign_in_by_face(world, face_evidence(world.clock(), seed=2))
    second = claims_of(receipt_of(world, TAX))
    assert shared(first, second) == set()
    assert CONSENT_ID not in json.dumps([first, second])


def test_one_check_shows_the_same_times_and_scores_and_no_common_name(world: World) -> None:
    evidence = sign_in_by_face(world)
    first = claims_of(receipt_of(world, HALL))
    world.clock.advance(5)
    second = claims_of(receipt_of(world, TAX))
    told = evidence.receipt
    scores = {str(gate["score"]) for gate in told["gates"]}
    assert shared(first, second) == {str(told["judged_at"])} | scores
    assert evidence.check_id not in json.dumps([first, second])
    assert told["nonce"] not in json.dumps([first, second])


def test_one_client_sees_that_two_sign_ins_rest_on_one_check(world: World) -> None:
    sign_in_by_face(world)
    first, second = claims_of(receipt_of(world)), claims_of(receipt_of(world))
    assert first["check_id"] == second["check_id"]
    assert first["jti"] != second["jti"]


# What it is taken for


def test_a_receipt_is_no_token_of_ours(world: World) -> None:
    sign_in_by_face(world)
    token = receipt_of(world)
    ring = world.provider.keys.current()
    assert world.userinfo(token).status == 401
    with pytest.raises(HintRefused):
        read_hint(ring, token, world.provider.issuer, HALL)
    assert fields_of(world.authorize(id_token_hint=token))["error"] == "invalid_request"
    # A client that forgets to look at typ has no key for it either.
    published = KeySet.import_key_set(json.loads(ring.jwks))
    with pytest.raises(InvalidKeyIdError):
        joserfc_jwt.decode(token, published, algorithms=["ES256"])
    assert "exp" not in claims_of(token)


def test_a_token_of_ours_is_no_receipt(world: World) -> None:
    world.sign_in()
    tokens = json.loads(world.token(world.code()).body)
    ring = world.provider.keys.current()
    every_key = {"keys": [*jwks(world)["keys"], *json.loads(ring.jwks)["keys"]]}
    for token in (tokens["access_token"], tokens["id_token"]):
        with pytest.raises(ReceiptRefused, match="keys"):
            verify(token, jwks(world), world.provider.issuer)
        with pytest.raises(ReceiptRefused, match="typ"):
            verify(token, every_key, world.provider.issuer)


@pytest.mark.parametrize("typ", [ID_TOKEN, ACCESS_TOKEN])
def test_the_key_of_receipts_signs_nothing_else(world: World, typ: str) -> None:
    signer = world.provider.keys.of_receipts().signer("ES256", world.clock())
    # Both open nothing, and neither passes for the other: each is asked for by its type.
    assert set(signer.headers) == {RECEIPT, GOING_LIVE}
    with pytest.raises(KeyError):
        signer.sign({}, typ=typ)


def test_a_receipt_for_another_client_or_of_another_provider_is_refused(world: World) -> None:
    sign_in_by_face(world)
    token = receipt_of(world)
    assert verify(token, jwks(world), "https://id.example", client_id=HALL).client_id == HALL
    with pytest.raises(ReceiptRefused, match="aud"):
        verify(token, jwks(world), "https://id.example", client_id=TAX)
    with pytest.raises(ReceiptRefused, match="iss"):
        verify(token, jwks(world), "https://other.example")


def test_a_changed_score_is_seen(world: World) -> None:
    sign_in_by_face(world, face_evidence(world.clock(), seed=3))
    header, payload, signature = receipt_of(world).split(".")
    claims = json.loads(from_base64url(payload))
    claims["receipt"]["gates"][0]["score"] = 0.999
    changed = base64url(json.dumps(claims, separators=(",", ":")).encode())
    with pytest.raises(ReceiptRefused):
        verify(f"{header}.{changed}.{signature}", jwks(world), "https://id.example")


def test_a_receipt_signed_by_another_key_or_by_none_is_refused(world: World) -> None:
    sign_in_by_face(world)
    token = receipt_of(world)
    kid = jwks(world)["keys"][0]["kid"]
    for header in (
        {"alg": "ES256", "typ": RECEIPT, "kid": kid},
        {
            "alg": "ES256",
            "typ": RECEIPT,
            "kid": kid,
            "jwk": ECKey.generate_key("P-256").as_dict(private=False),
        },
    ):
        forged = joserfc_jwt.encode(header, claims_of(token), ECKey.generate_key("P-256"))
        with pytest.raises(ReceiptRefused):
            verify(forged, jwks(world), "https://id.example")
    none = base64url(json.dumps({"alg": "none", "typ": RECEIPT, "kid": kid}).encode())
    with pytest.raises(ReceiptRefused):
        verify(f"{none}.{token.split('.')[1]}.", jwks(world), "https://id.example")


@given(
    st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,90}")
)
def test_anything_else_is_refused(text: str) -> None:
    keys = {"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}
    with pytest.raises(ReceiptRefused):
        verify(text, keys, "https://id.example")


# What lies with the session


def test_evidence_opens_in_its_persons_session_alone(world: World) -> None:
    """Who writes to the database gets no receipt signed that we did not make."""
    cipher, evidence = world.provider.cipher, face_evidence(world.clock())
    sealed = receipts.seal(cipher, "somebody else", evidence)
    world.sign_in(level=3, method="face", evidence=sealed)
    response = world.authorize(scope="openid", claims=WANTED)
    code = fields_of(world.agree(response, chosen=UNITS))["code"]
    evidence_told = got(world, code)[0]["verified_claims"]["verification"]["evidence"]
    assert [one["check_details"][0]["check_method"] for one in evidence_told] == ["data"]
    changed = receipts.seal(cipher, world.person_id, evidence)[:-2] + "AA"
    assert receipts.unseal(cipher, world.person_id, changed) is None
    other = FieldCipher(KeyRing("new", {"new": bytes(range(32))}))
    assert receipts.unseal(other, world.person_id, receipts.seal(cipher, world.person_id, evidence)) is None


def test_it_ends_with_the_session_and_shows_in_no_repr(world: World) -> None:
    evidence = sign_in_by_face(world)
    with world.provider.sessions() as session:
        opened = sessions.find(session, world.cookies[sessions.COOKIE], world.clock())
        assert opened is not None
        (proof,) = opened.proofs
        sealed = proof.evidence
        assert sealed is not None
        assert evidence.receipt["nonce"] not in sealed
        assert sealed not in repr(proof)
        assert Proof.from_json(proof.to_json()) == proof
        assert "evidence" not in replace(proof, evidence=None).to_json()
    token = receipt_of(world)
    with world.provider.sessions.begin() as session:
        sessions.end(session, opened.sid, world.clock())
    assert verify(token, jwks(world), "https://id.example").receipt["live"]


def test_evidence_survives_json() -> None:
    evidence = Evidence("c", {"version": 1, "judged_at": 5})
    assert Evidence.from_json(evidence.to_json()) == evidence
    assert (evidence.judged_at, evidence.matched_by) == (5, None)
