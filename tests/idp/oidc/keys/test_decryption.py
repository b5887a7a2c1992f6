"""What is encrypted to us opens, whoever's library did it; what attackers send tells them nothing."""

import json
import zlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey

from idp.crypto.digests import base64url, from_base64url
from idp.oidc.jose.jws import KeyUnknown, TokenRefused
from idp.oidc.keys.decryption import ALGORITHMS, CHARACTERS_AT_MOST, CONTENTS, PrivateKey, decrypted
from idp.oidc.keys.making import rotate
from tests.idp.oidc.keys.encrypting import encrypted, jwks_now, our_key, with_header, with_part
from tests.idp.oidc.world import World

DAY = 86400
TEXT = "header.payload.signature"
ECDH = ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)


def find(_kid: str | None, alg: str) -> PrivateKey:
    private = (RSA if alg.startswith("RSA") else ECDH).private_key
    assert isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return private


def opened(token: str) -> str:
    return decrypted(token, find, frozenset(ALGORITHMS), frozenset(CONTENTS))


def sent(alg: str = "ECDH-ES", enc: str = "A128GCM", text: str = TEXT, **header: Any) -> str:
    return encrypted(RSA if alg.startswith("RSA") else ECDH, text, alg, enc, **header)


def refusal(token: str) -> str:
    with pytest.raises(TokenRefused) as refused:
        opened(token)
    return str(refused.value)


@pytest.mark.parametrize("enc", CONTENTS)
@pytest.mark.parametrize("alg", ALGORITHMS)
def test_each_algorithm_opens_what_another_library_encrypted(alg: str, enc: str) -> None:
    assert opened(sent(alg, enc)) == TEXT
    assert opened(sent(alg, enc, kid=None, cty=None)) == TEXT
    assert opened(sent(alg, enc, iss="hall", aud="https://id.example")) == TEXT
    if alg.startswith("ECDH"):
        assert opened(sent(alg, enc, apu=base64url(b"Alice"), apv=base64url(b"Bob"))) == TEXT


def test_attack_a_jwe_bomb() -> None:
    """RFC 8725 section 3.6: little that becomes much, and much to begin with."""
    assert "not understood" in refusal(sent(zip="DEF", text="x" * 100_000))
    packed = zlib.compress(b"x" * 1_000_000)
    assert "not understood" in refusal(with_header(sent(text=packed.hex()[:100]), zip="DEF"))
    assert "bounded size" in refusal(sent(text="x" * CHARACTERS_AT_MOST))
    assert "bounded size" in refusal("." * CHARACTERS_AT_MOST)


def test_attack_an_iteration_count_that_keeps_us_busy() -> None:
    token = with_header(sent(), alg="PBES2-HS256+A128KW", p2c=2**31, p2s="c2FsdA", epk=None)
    assert "not understood" in refusal(token)
    assert "alg" in refusal(with_header(token, p2c=None, p2s=None))


@pytest.mark.parametrize(
    "alg", ["dir", "RSA1_5", "RSA-OAEP", "A128KW", "A128GCMKW", "ECDH-ES+A128KW", "none", "", None, 7]
)
def test_attack_an_algorithm_that_is_not_offered(alg: Any) -> None:
    """Among them those with a padding oracle, and those that take our public key for a secret."""
    assert "alg" in refusal(with_header(sent("RSA-OAEP-256"), alg=alg))


def test_attack_the_public_key_is_taken_for_a_secret() -> None:
    text = json.dumps(ECDH.as_dict(private=False)).encode()
    shared = OctKey.import_key(text[:16])
    assert "alg" in refusal(encrypted(shared, TEXT, "dir", "A128GCM", kid=None))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": ECDH.as_dict(private=False)},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["AA=="]},
        {"crit": ["exp"], "exp": 1},
        {"p2c": 1},
        {"b64": False},
        {"kid": 7},
        {"kid": ["a"]},
        {"cty": "text/plain"},
        {"enc": "A128CTR"},
        {"enc": None},
        {"epk": None},
        {"epk": {"kty": "OKP", "crv": "X25519", "x": base64url(bytes(32))}},
        {"epk": {"kty": "EC", "crv": "P-384", "x": base64url(bytes(48)), "y": base64url(bytes(48))}},
        {"apu": 7},
        {"apv": "not base64url!"},
        {"apu": base64url(bytes(257))},
    ],
)
def test_attack_a_header_that_leads_elsewhere(header: dict[str, Any]) -> None:
    refusal(with_header(sent(), **header))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (bytes(32), bytes(32)),
        (b"\x01".rjust(32, b"\0"), b"\x01".rjust(32, b"\0")),
        (b"\xff" * 32, b"\xff" * 32),
        (bytes(31), bytes(32)),
        (bytes(33), bytes(32)),
        (b"", b""),
    ],
)
def test_attack_a_point_that_is_not_on_the_curve(x: bytes, y: bytes) -> None:
    """Each answer would tell some bits of our key (RFC 8725 section 3.4)."""
    epk = {"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)}
    assert refusal(with_header(sent(), epk=epk)) == "epk is no point on P-256"


def test_attack_an_oracle_of_wrong_parts() -> None:
    """RFC 7516 section 11.5: whether the key, its length, the tag or the padding was wrong, is not told."""
    said = set()
    for alg in ALGORITHMS:
        for enc in CONTENTS:
            token = sent(alg, enc)
            wrapped, iv, text, tag = map(from_base64url, token.split(".")[1:])
            for number, part in (
                (1, bytes(len(wrapped)) or b"x"),
                (1, b""),
                (1, wrapped + b"x"),
                (2, iv[:-1]),
                (2, bytes(len(iv))),
                (3, text[:-1]),
                (3, b""),
                (3, bytes(len(text))),
                (4, bytes(len(tag))),
                (4, tag[:-1]),
                (4, b""),
            ):
                if number == 1 and alg == "ECDH-ES" and not part:
                    continue  # RFC 7518 section 4.6: there it is empty
                said.add(refusal(with_part(token, number, part)))
            said.add(refusal(with_header(token, typ="changed")))
    assert said == {"it cannot be decrypted"}


def test_a_content_key_of_another_length_opens_nothing() -> None:
    for alg in ("RSA-OAEP-256", "ECDH-ES+A256KW"):
        assert refusal(with_header(sent(alg, "A128GCM"), enc="A256GCM")) == "it cannot be decrypted"


def test_only_what_is_registered_opens() -> None:
    token = sent("ECDH-ES", "A128GCM")
    for algs, encs in ((("RSA-OAEP-256",), ("A128GCM",)), (("ECDH-ES",), ("A256GCM",))):
        with pytest.raises(TokenRefused, match="registered"):
            decrypted(token, find, frozenset(algs), frozenset(encs))


@given(
    st.text(max_size=200) | st.from_regex(r"([A-Za-z0-9_-]{0,40}\.){4}[A-Za-z0-9_-]{0,40}", fullmatch=True)
)
def test_whatever_comes_is_refused_and_never_breaks(text: str) -> None:
    refusal(text)


NAMES = st.sampled_from(["alg", "enc", "kid", "epk", "apu", "apv", "typ", "cty"])
PLAIN = st.none() | st.booleans() | st.integers() | st.text()
JSON = PLAIN | st.lists(PLAIN) | st.dictionaries(st.sampled_from(["kty", "crv", "x", "y"]), PLAIN)


@given(st.dictionaries(NAMES, JSON))
def test_whatever_stands_in_the_header_is_refused_and_never_breaks(changes: dict[str, Any]) -> None:
    fair = sent(text="x")
    if with_header(fair, **changes) != with_header(fair):
        refusal(with_header(fair, **changes))


# The ring


def rotated(world: World, *, at_once: tuple[str, ...] = ()) -> None:
    provider = world.provider
    with provider.sessions.begin() as session:
        rotate(session, provider.cipher, provider.protocol, world.clock(), at_once=at_once)
    world.clock.advance(31)


def opened_by(world: World, token: str) -> str:
    return decrypted(token, world.provider.decryption.find, frozenset(ALGORITHMS), frozenset(CONTENTS))


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_rotation_never_leaves_a_request_unopened(world: World, alg: str) -> None:
    """OpenID Connect Core 1.0 section 10.2.1. Clients keep a JWKS for longer than we say."""
    first = our_key(world, alg)
    early = encrypted(first, TEXT, alg)
    assert opened_by(world, early) == TEXT
    rotated(world, at_once=(alg,))
    # The next one is with every process before anybody encrypts to it.
    assert our_key(world, alg).kid == first.kid
    world.clock.advance(DAY)
    second = our_key(world, alg)
    assert second.kid != first.kid
    for token in (early, encrypted(second, TEXT, alg), encrypted(second, TEXT, alg, kid=None)):
        assert opened_by(world, token) == TEXT
    with pytest.raises(TokenRefused):
        opened_by(world, encrypted(first, TEXT, alg, kid=None))
    world.clock.advance(7 * DAY)
    rotated(world)
    with pytest.raises(KeyUnknown):
        opened_by(world, early)
    assert opened_by(world, encrypted(second, TEXT, alg)) == TEXT


def test_attack_a_kid_of_a_key_that_signs(world: World) -> None:
    """A key has one use: what signs tokens never decrypts, whatever a header names."""
    signing = [one for one in jwks_now(world) if one["use"] == "sig" and one["alg"] in {"RS256", "ES256"}]
    assert len(signing) == 2
    for one in signing:
        bare = {name: value for name, value in one.items() if name not in {"use", "alg"}}
        key = (RSAKey if one["kty"] == "RSA" else ECKey).import_key(bare)
        alg = "RSA-OAEP-256" if one["kty"] == "RSA" else "ECDH-ES"
        with pytest.raises(KeyUnknown):
            opened_by(world, encrypted(key, TEXT, alg))
    for kid in ("../../etc/passwd", "' OR 1=1 --", "x" * 5000, "\0"):
        with pytest.raises(KeyUnknown):
            opened_by(world, encrypted(our_key(world, "ECDH-ES"), TEXT, "ECDH-ES", kid=kid))
    # Nor one of ours under another algorithm's name.
    with pytest.raises(KeyUnknown):
        opened_by(world, encrypted(our_key(world, "ECDH-ES"), TEXT, "ECDH-ES+A256KW"))


def test_each_published_key_says_what_it_is_for(world: World) -> None:
    """Who looks for a key that signs is not led to one that does not, whatever they look at first."""
    found = jwks_now(world)
    uses = [one["use"] for one in found]
    assert uses == sorted(uses, reverse=True)  # sig before enc
    assert all(one["kid"] and one["alg"] for one in found)
    assert {one["alg"] for one in found if one["use"] == "enc"} == set(ALGORITHMS)
