"""Heads signed by SM2: the same promises, checked by another implementation as well."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from clients.audit_check import check
from idp.audit.tree import keys, signatures
from idp.audit.tree.heads import Head, HeadWrong, read
from idp.audit.tree.proving import prove, prove_consistency
from idp.audit.tree.signatures import KeyWrong, Sm2PrivateKey
from idp.audit.tree.signing import HeadSigner
from idp.audit.tree.verifying import snapshot
from idp.crypto import sm2
from tests.idp.audit.tree.conftest import LOG, Log

KEY = signatures.generate("SM2")
JWK = signatures.public_part(KEY)
HEAD = Head(LOG, 7, bytes(32), datetime(2026, 1, 2, tzinfo=UTC), None, 3, JWK["kid"]).signed_by(KEY)
# GB/T 32918.5-2017 appendix A.2
POINT = (
    0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020,
    0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13,
)
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/idp.db"


def test_a_head_is_read_as_it_was_written_and_checked() -> None:
    assert read(HEAD.line) == HEAD
    read(HEAD.line).check({JWK["kid"]: JWK})
    assert (JWK["kty"], JWK["crv"], JWK["alg"]) == ("EC", "SM2", "SM2")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 511))
def test_no_other_signature_is_one(bit: int) -> None:
    changed = bytearray(HEAD.signature)
    changed[bit // 8] ^= 1 << bit % 8
    message = HEAD._signed()
    r, s = int.from_bytes(changed[:32], "big"), int.from_bytes(changed[32:], "big")
    assert not signatures.verifies(JWK, JWK["kid"], message, bytes(changed))
    assert isinstance(KEY, Sm2PrivateKey)
    assert not check.sm2_verifies(_point(KEY.point), message, r, s)


def test_keys_are_taken_for_no_other_algorithms() -> None:
    """The same numbers under another curve's name are another key, of another name."""
    message = b"message"
    signature = signatures.sign(KEY, message)
    for changed in ({"crv": "P-256"}, {"crv": "P-384"}, {"x": JWK["y"]}):
        with pytest.raises(KeyWrong):
            signatures.verifies({**JWK, **changed}, JWK["kid"], message, signature)
    no_point = {**JWK, "x": "A" * 43}
    with pytest.raises(KeyWrong, match="not a public key"):
        signatures.verifies(no_point, signatures.thumbprint(no_point), message, signature)
    with pytest.raises(HeadWrong):
        HEAD.check({JWK["kid"]: signatures.public_part(signatures.generate("ES256"))})


@pytest.mark.parametrize("algorithm", ["ES256", "SM2"])
def test_a_private_part_comes_back(algorithm: signatures.Algorithm) -> None:
    key = signatures.generate(algorithm)
    public = signatures.public_part(key)
    again = signatures.from_bytes(signatures.to_bytes(key), public)
    assert signatures.public_part(again) == public
    assert signatures.verifies(public, public["kid"], b"m", signatures.sign(again, b"m"))
    assert not signatures.verifies(public, public["kid"], b"n", signatures.sign(again, b"m"))


def test_the_stand_alone_check_knows_the_standards_example() -> None:
    assert check.sm2_verifies(check.sm2_point(*POINT), b"message digest", R, S)
    assert not check.sm2_verifies(check.sm2_point(*POINT), b"message digesT", R, S)
    for r, s in ((0, S), (R, 0), (check.N, S), (R, check.N), (R, check.N - R), (R, S + check.N)):
        assert not check.sm2_verifies(POINT, b"message digest", r, s)
    for x, y in ((0, 0), (POINT[0], POINT[1] + 1), (check.P, POINT[1])):
        with pytest.raises(ValueError, match="curve"):
            check.sm2_point(x, y)


def test_the_stand_alone_check_agrees_with_gmssl() -> None:
    for _ in range(20):
        point, private = sm2.generate()
        message = secrets.token_bytes(secrets.randbelow(200))
        r, s = sm2.sign(private, point, message)
        assert check.sm2_verifies(_point(point), message, r, s)
        assert not check.sm2_verifies(_point(point), message + b".", r, s)


def _point(encoded: bytes) -> check.Point:
    return check.sm2_point(int.from_bytes(encoded[:32], "big"), int.from_bytes(encoded[32:], "big"))


def test_another_algorithm_begins_with_a_key_of_its_own(log: Log, tmp_path: Path) -> None:
    log.grow(5)
    ids = log.write(4)
    log.clock.advance(61)
    log.sequencer().round()
    signer = HeadSigner(log.engine, log.cipher, log.clock, LOG, log.signer().every, "SM2")
    head = signer.sign_if_due()
    assert head is not None
    log.clock.advance(61)
    log.sequencer().round()
    last = signer.sign_if_due()
    assert last is not None
    assert last.kid == head.kid
    assert log.verify().finding is None
    assert log.ask("SELECT payload FROM audit_events WHERE payload LIKE '%audit:SM2%'")
    sealed = log.ask("SELECT private_sealed FROM audit_keys ORDER BY number")
    assert [one is None for (one,) in sealed] == [True, False]
    with snapshot(log.engine) as connection, Session(log.engine) as session:
        proof = prove(connection, ids[1])
        between = prove_consistency(connection, int(proof["head"]["size"]), last.size)
        known = check.read_keys({"keys": list(keys.public_keys(session).values())})
    assert check.check(proof, known).startswith(f"event {ids[1]}")
    assert "is the beginning of" in check.check(between, known)
    proof["head"]["at"] = "2027-01-01T00:00:00Z"
    with pytest.raises(check.ProofRefused, match="signature"):
        check.check(proof, known)
    assert json.loads(last.line)["kid"] == last.kid
