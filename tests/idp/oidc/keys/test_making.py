"""Signing keys by their dates: no token fails to verify at any moment of a rotation."""

import json
from datetime import timedelta

import pytest
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet
from sqlalchemy.orm import Session

from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing, MasterKeys
from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.keys.decryption import ALGORITHMS as ENCRYPTING
from idp.oidc.keys.jwt import ID_TOKEN, RECEIPT
from idp.oidc.keys.making import KINDS, Step, rotate
from idp.oidc.keys.models import KeyPurpose, SigningKey
from idp.oidc.keys.ring import KeysMissing, SigningKeys
from tests.idp.oidc.world import World

DAY = 86400


def rotated(world: World, *, at_once: tuple[str, ...] = ()) -> list[Step]:
    provider = world.provider
    with provider.sessions.begin() as session:
        return rotate(session, provider.cipher, provider.protocol, world.clock(), at_once=at_once)


def signer_now(world: World) -> str:
    return world.provider.keys.current().signer("ES256", world.clock()).kid


def test_the_first_keys_sign_at_once_and_doing_it_again_changes_nothing(world: World) -> None:
    assert rotated(world) == []
    with Session(world.provider.reads) as session:
        made = sorted((key.purpose, key.algorithm) for key in session.query(SigningKey))
    assert made == sorted((purpose.value, algorithm) for purpose, algorithm in KINDS)


def test_a_rotation_by_command_never_breaks_a_verification(world: World) -> None:
    """Relying parties keep the JWKS for minutes, tokens for ten, we keep retired keys for a week."""
    first = signer_now(world)
    old_token = world.provider.keys.current().signer("ES256", world.clock()).sign({"n": 1}, typ=ID_TOKEN)
    assert [step.step for step in rotated(world, at_once=("ES256",))] == ["published", "published"]
    assert rotated(world, at_once=("ES256",)) == []
    world.clock.advance(31)
    ring = world.provider.keys.current()
    assert signer_now(world) == first
    assert len(KeySet.import_key_set(json.loads(ring.jwks)).keys) == len(ALGORITHMS) + 1 + len(ENCRYPTING)
    early_jwks = ring.jwks
    world.clock.advance(DAY)
    second = signer_now(world)
    assert second != first
    token = world.provider.keys.current().signer("ES256", world.clock()).sign({"n": 2}, typ=ID_TOKEN)
    # Whoever fetched the keys a day ago knows the one that signs now.
    keys = KeySet.import_key_set(json.loads(early_jwks))
    assert joserfc_jwt.decode(token, keys, algorithms=["ES256"]).claims == {"n": 2}
    assert [(step.purpose, step.step) for step in rotated(world)] == []
    world.clock.advance(7 * DAY - 60)
    assert world.provider.keys.current().read(old_token, typ=ID_TOKEN) == {"n": 1}
    world.clock.advance(120)
    steps = [step for step in rotated(world) if step.purpose == KeyPurpose.TOKENS]
    assert [(step.kid, step.step) for step in steps] == [(first, "removed")]


def test_the_next_key_is_published_in_time_by_itself(world: World) -> None:
    active_days = world.provider.protocol.signing_key_active_days
    first = signer_now(world)
    world.clock.advance((active_days - 1) * DAY - 1)
    assert rotated(world) == []
    world.clock.advance(1)
    assert sorted((step.purpose, step.algorithm) for step in rotated(world)) == sorted(KINDS)
    world.clock.advance(DAY)
    assert signer_now(world) != first


def test_private_parts_are_sealed_and_the_jwks_has_none(world: World) -> None:
    with Session(world.provider.reads) as session:
        for key in session.query(SigningKey):
            assert b"PRIVATE" not in key.private_sealed
            assert "d" not in key.public_jwk
            assert key.public_jwk["kid"] == key.kid
            assert key.public_jwk["use"] == ("enc" if key.purpose == KeyPurpose.REQUESTS else "sig")
    assert b'"d"' not in world.provider.keys.current().jwks


def test_no_key_is_made_in_a_request(world: World) -> None:
    with world.provider.sessions.begin() as session:
        session.query(SigningKey).delete()
    world.clock.advance(timedelta(minutes=1).total_seconds())
    with pytest.raises(KeysMissing):
        world.provider.keys.current().signer("ES256", world.clock())
    world.sign_in()
    assert world.token(world.code()).status == 503


def test_a_new_master_key_seals_them_anew(world: World, master_keys: MasterKeys) -> None:
    provider, before = world.provider, signer_now(world)
    cipher = FieldCipher(KeyRing("new", {**master_keys.encryption.keys, "new": bytes(range(32))}))
    with provider.sessions.begin() as session:
        steps = rotate(session, cipher, provider.protocol, world.clock())
    assert sorted((step.purpose, step.algorithm, step.step) for step in steps) == [
        (*kind, "resealed") for kind in sorted(KINDS)
    ]
    # The older key may go now.
    alone = FieldCipher(KeyRing("new", {"new": bytes(range(32))}))
    with provider.sessions.begin() as session:
        assert rotate(session, alone, provider.protocol, world.clock()) == []
    signer = SigningKeys(provider.reads, alone, world.clock).current().signer("ES256", world.clock())
    assert signer.kid == before


def receipt_keys(world: World) -> list[SigningKey]:
    with Session(world.provider.reads) as session:
        found = session.query(SigningKey).filter(SigningKey.purpose == KeyPurpose.RECEIPTS)
        return list(found.order_by(SigningKey.active_from))


def test_keys_of_receipts_and_of_tokens_are_in_different_sets(world: World) -> None:
    keys = world.provider.keys
    kids = [
        {key["kid"] for key in json.loads(ring.jwks)["keys"]} for ring in (keys.current(), keys.of_receipts())
    ]
    assert [len(found) for found in kids] == [len(ALGORITHMS) + len(ENCRYPTING), 1]
    assert not kids[0] & kids[1]
    receipts = keys.of_receipts().signer("ES256", world.clock())
    with pytest.raises(KeyError):
        receipts.sign({}, typ=ID_TOKEN)
    with pytest.raises(KeyError):
        keys.current().signer("ES256", world.clock()).sign({}, typ=RECEIPT)


def test_a_retired_receipt_key_verifies_for_years_and_signs_nothing(world: World) -> None:
    keys, kept_days = world.provider.keys, world.provider.protocol.receipt_key_kept_days
    old = keys.of_receipts().signer("ES256", world.clock())
    receipt = old.sign({"n": 1}, typ=RECEIPT)
    rotated(world, at_once=("ES256",))
    world.clock.advance(DAY)
    # While other processes may still sign with it, nothing is taken from it.
    assert "destroyed" not in [step.step for step in rotated(world)]
    world.clock.advance(3600)
    steps = [step for step in rotated(world) if step.purpose == KeyPurpose.RECEIPTS]
    assert [(step.kid, step.step) for step in steps] == [(old.kid, "destroyed")]
    assert [key.private_sealed is None for key in receipt_keys(world)] == [True, False]
    world.clock.advance((kept_days - 1) * DAY)
    rotated(world)
    world.clock.advance(31)
    assert keys.of_receipts().signer("ES256", world.clock()).kid != old.kid
    published = KeySet.import_key_set(json.loads(keys.of_receipts().jwks))
    assert joserfc_jwt.decode(receipt, published, algorithms=["ES256"]).claims == {"n": 1}
    world.clock.advance(2 * DAY)
    rotated(world)
    assert old.kid not in [key.kid for key in receipt_keys(world)]
