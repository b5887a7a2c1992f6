"""Encryption to a client's key: opened by its owner with another library's words, and by nobody else."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, OKPKey

from idp.crypto.digests import base64url
from idp.oidc.jose.jwe import CONTENT_ALGORITHMS, KEY_ALGORITHMS, Encryption, encrypted, recipient
from idp.oidc.jose.jws import KeyUnknown
from idp.oidc.jose.public_keys import KeysRefused, public_keys
from tests.idp.oidc.clients.signing import jwks_of
from tests.idp.oidc.decrypting import RSA, decrypting_key, opened, with_members, x25519_key

TEXT = "a.signed.token"


def chosen(*keys: Key, algorithm: str = "ECDH-ES") -> Key:
    return recipient(public_keys(jwks_of(*keys)), algorithm)


@pytest.mark.parametrize("enc", CONTENT_ALGORITHMS)
@pytest.mark.parametrize("alg", KEY_ALGORITHMS)
def test_the_owner_of_the_key_opens_it(alg: str, enc: str) -> None:
    key = decrypting_key(alg)
    token = encrypted(TEXT, chosen(key, algorithm=alg), Encryption(alg, enc))
    header, text = opened(token, key)
    assert text == TEXT
    said = {name: value for name, value in header.items() if name != "epk"}
    # RFC 7519 section 5.2, OpenID Connect Core 1.0 section 10.2
    assert said == {"alg": alg, "enc": enc, "cty": "JWT", "kid": key.kid}


def test_other_curves_do_as_well() -> None:
    for key in (x25519_key(), with_members(ECKey.generate_key("P-521"), use="enc", kid="521")):
        header, text = opened(encrypted(TEXT, chosen(key), Encryption("ECDH-ES", "A128GCM")), key)
        assert (text, header["epk"]["crv"]) == (TEXT, key.get("crv"))


def test_bare_claims_do_not_pass_for_a_nested_token() -> None:
    key = decrypting_key()
    token = encrypted("{}", chosen(key), Encryption("ECDH-ES", "A128GCM"), is_nested=False)
    header, _ = opened(token, key)
    assert "cty" not in header
    assert header["typ"] == "JWT"


def test_no_two_are_alike() -> None:
    key = chosen(decrypting_key())
    made = {encrypted(TEXT, key, Encryption("ECDH-ES", "A128GCM")).split(".")[-2] for _ in range(5)}
    assert len(made) == 5


def test_the_kid_is_the_clients_or_none() -> None:
    """A set that is read gives keys a name of its own, which the client has never seen."""
    nameless = decrypting_key(kid=None)
    header, _ = opened(encrypted(TEXT, chosen(nameless), Encryption("ECDH-ES", "A128GCM")), nameless)
    assert "kid" not in header
    # OpenID Connect Core 1.0 section 10.2: among several keys, a kid says which.
    with pytest.raises(KeyUnknown, match="with a kid"):
        chosen(nameless, decrypting_key(use="sig"))


def test_the_key_that_says_it_is_for_this_comes_first() -> None:
    silent, said, exact = (
        decrypting_key(kid="silent", use=None),
        decrypting_key(kid="said"),
        decrypting_key(kid="exact", alg="ECDH-ES"),
    )
    assert chosen(silent, said, exact).kid == "exact"
    assert chosen(silent, said).kid == "said"
    assert chosen(silent, decrypting_key(kid="other", alg="ECDH-ES+A128KW")).kid == "silent"


@pytest.mark.parametrize("operations", [["wrapKey"], ["encrypt"], ["wrapKey", "encrypt"]])
def test_key_ops_of_rfc_7517_are_understood(operations: list[str]) -> None:
    public = {**decrypting_key("RSA-OAEP-256").as_dict(private=False), "key_ops": operations}
    del public["use"]
    key = recipient(public_keys({"keys": [public]}), "RSA-OAEP-256")
    token = encrypted(TEXT, key, Encryption("RSA-OAEP-256", "A256GCM"))
    assert opened(token, RSA)[1] == TEXT


def test_attack_a_signature_key_is_taken_for_encryption() -> None:
    """What its owner signs could be what somebody else had encrypted: one key, one use."""
    for kept_for_signatures in (
        {"use": "sig"},
        {"use": None, "alg": "ES256"},
        {"use": None, "key_ops": ["verify"]},
    ):
        key = decrypting_key(**kept_for_signatures)
        with pytest.raises(KeyUnknown):
            chosen(key.import_key({**key.as_dict(private=False)}))


KINDS = (RSA, *(ECKey.generate_key(curve) for curve in ("P-256", "secp256k1")), x25519_key())
MEMBERS = st.fixed_dictionaries(
    {
        "use": st.sampled_from([None, "sig", "enc"]),
        "alg": st.sampled_from([None, *KEY_ALGORITHMS, "ES256"]),
        "key_ops": st.sampled_from([None, None, None, ["verify"], []]),
    }
)


@given(made=st.lists(st.tuples(st.sampled_from(KINDS), MEMBERS), min_size=1, max_size=6), data=st.data())
def test_whatever_a_set_holds_what_is_chosen_is_for_encryption(
    made: list[tuple[Key, dict[str, Any]]], data: st.DataObject
) -> None:
    algorithm = data.draw(st.sampled_from(KEY_ALGORITHMS))
    listed = []
    for number, (key, members) in enumerate(made):
        given_members = {**key.as_dict(private=False), **members, "kid": str(number)}
        if members["key_ops"] is not None:
            given_members["use"] = None  # RFC 7517 section 4.3: not both
        listed.append({name: value for name, value in given_members.items() if value is not None})
    try:
        found = recipient(public_keys({"keys": listed}), algorithm)
    except KeyUnknown:
        return
    written = listed[int(found.kid or "")]
    assert written.get("use") in {None, "enc"}
    assert written.get("alg") in {None, algorithm}
    assert "key_ops" not in written
    assert (written["kty"] == "RSA") == algorithm.startswith("RSA")
    assert written.get("crv") != "secp256k1"
    assert encrypted(TEXT, found, Encryption(algorithm, "A128GCM")).count(".") == 4


def test_attack_a_shared_secret_is_taken_for_a_key() -> None:
    secret = OctKey.generate_key(256).as_dict()
    with pytest.raises(KeysRefused):
        public_keys({"keys": [secret]})
    keys = public_keys({"keys": [secret, decrypting_key("RSA-OAEP").as_dict(private=False)]})
    assert recipient(keys, "RSA-OAEP").key_type == "RSA"
    with pytest.raises(KeyUnknown):
        recipient(keys, "ECDH-ES")


def test_attack_an_ed25519_key_is_taken_for_x25519() -> None:
    signing = with_members(OKPKey.generate_key("Ed25519"), use="enc", kid="ed")
    with pytest.raises(KeyUnknown):
        chosen(signing)


def test_attack_keys_of_sizes_that_are_too_small_or_only_cost() -> None:
    with pytest.raises(KeysRefused), pytest.warns(Warning, match="2048"):
        public_keys({"keys": [rsa_of(1024)]})
    with pytest.raises(KeyUnknown):
        recipient(public_keys({"keys": [rsa_of(4224)]}), "RSA-OAEP-256")
    assert recipient(public_keys({"keys": [rsa_of(4096)]}), "RSA-OAEP-256").kid == "4096"


def rsa_of(bits: int) -> dict[str, str]:
    """Not generated: that alone would take seconds."""
    modulus = base64url(((1 << bits - 1) | 1).to_bytes(bits // 8, "big"))
    return {"kty": "RSA", "n": modulus, "e": "AQAB", "use": "enc", "kid": str(bits)}


def test_attack_a_curve_that_nobody_allowed() -> None:
    other = with_members(ECKey.generate_key("secp256k1"), use="enc", kid="other")
    with pytest.raises(KeyUnknown):
        chosen(other)


def test_attack_a_point_off_the_curve() -> None:
    """An answer to it would tell something of a key that serves several times (RFC 8725 section 3.4)."""
    point = decrypting_key().as_dict(private=False)
    point["y"] = point["x"]
    with pytest.raises(KeysRefused):
        public_keys({"keys": [point]})


def test_attack_a_point_of_small_order() -> None:
    zero = {"kty": "OKP", "crv": "X25519", "x": "A" * 43, "use": "enc", "kid": "zero"}
    key = recipient(public_keys({"keys": [zero]}), "ECDH-ES")
    with pytest.raises(KeyUnknown, match="cannot be used"):
        encrypted(TEXT, key, Encryption("ECDH-ES", "A128GCM"))


def test_attack_another_client_opens_it() -> None:
    mine, theirs = decrypting_key(), decrypting_key()
    token = encrypted(TEXT, chosen(mine), Encryption("ECDH-ES", "A128GCM"))
    with pytest.raises((JoseError, ValueError)):
        opened(token, theirs)


def test_a_provider_whose_clients_want_nothing_encrypted_does_not_load_what_encrypts() -> None:
    program = (
        "import sys, idp.oidc.endpoints.served, idp.oidc.logout.back_channel;"
        "print(*(name for name in sys.modules if name.partition('.')[0] == 'joserfc'))"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert made.stdout.split() == []
