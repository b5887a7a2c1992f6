"""Answers of OCSP: who may give them, about what, and when."""

from datetime import timedelta

import pytest
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.business.licences.refusals import Rule
from idp.business.licences.revocation.findings import SourceFailed, Status
from idp.business.licences.revocation.ocsp import BYTES_AT_MOST, question, read_answer
from tests.idp.business.licences.revocation.responder import Responder, delegate, response
from tests.idp.business.licences.world import (
    CRL_ORIGIN,
    NOW,
    OCSP_ORIGIN,
    Held,
    World,
    authority,
    crl,
    key,
    licence_extensions,
    name,
    points,
    raw,
    refusals,
    responder_at,
)

ADDRESS = f"{OCSP_ORIGIN}/ask"
KINDS = pytest.mark.parametrize("kind", ["sm2", "ecdsa", "rsa"])


def with_responder(world: World) -> Held:
    """A licence that says who can be asked, and nothing of a list."""
    return world.licence(extensions=licence_extensions(crl=None), more=[(responder_at(ADDRESS), False)])


def verdict(world: World, responder: Responder) -> set[Rule]:
    """What becomes of a licence when this one is asked about it; nothing when it is accepted."""
    world.internet.pages[ADDRESS] = responder
    found = world.examine(with_responder(world))
    return set() if found.licence else refusals(found)


def own(world: World) -> Responder:
    return Responder(world.issuing, world.issuing)


@KINDS
def test_the_issuer_itself_may_answer(kind: str) -> None:
    world = World(kind)
    assert verdict(world, own(world)) == set()
    assert world.internet.asked[0] == ADDRESS


@KINDS
def test_a_revoked_licence_is_refused(kind: str) -> None:
    world = World(kind)
    found = verdict(world, own(world).but(status=ocsp.OCSPCertStatus.REVOKED))
    assert found == {Rule.REVOKED}


@KINDS
def test_one_whom_the_issuer_has_certified_may_answer(kind: str) -> None:
    world = World(kind)
    by = delegate(world.issuing, key(kind, 5))
    assert verdict(world, Responder(world.issuing, by)) == set()
    assert verdict(World(kind), Responder(world.issuing, by, by_name=True)) == set()


def test_the_issuer_may_be_named() -> None:
    world = World()
    assert verdict(world, own(world).but(by_name=True, sends_certificate=False)) == set()


REFUSED = {
    "signed by another key": lambda world: own(world).but(signs=key("ecdsa", 8)),
    "signed by another kind of key": lambda world: own(world).but(signs=key("sm2", 8)),
    "unknown to the responder": lambda world: own(world).but(status=ocsp.OCSPCertStatus.UNKNOWN),
    "of the future": lambda world: own(world).but(this_update=NOW + timedelta(minutes=6), next_update=None),
    "stale": lambda world: own(world).but(next_update=NOW - timedelta(minutes=1)),
    "undated and old": lambda world: own(world).but(next_update=None),
    "about another certificate": lambda world: own(world).but(serial_number=77),
    "about another issuer": lambda world: own(world).but(about=world.root),
    "to another question": lambda world: own(world).but(nonce=lambda _asked: bytes(32)),
    "with something critical": lambda world: own(world).but(nonce_is_critical=True),
    "by one whom the same key certified by another name": lambda world: Responder(
        world.issuing, delegate(Held(name("another"), world.issuing.key), key("ecdsa", 5))
    ),
    "by the root": lambda world: Responder(world.issuing, world.root),
    "by a stranger": lambda world: Responder(
        world.issuing, delegate(authority("x", key("ecdsa", 7)), key("ecdsa", 8))
    ),
    "by a namesake": lambda world: Responder(
        world.issuing, delegate(authority("issuing", key("ecdsa", 7)), key("ecdsa", 8))
    ),
    "by a licence": lambda world: Responder(world.issuing, world.licence()),
    "by one who may not": lambda world: Responder(
        world.issuing, delegate(world.issuing, key("ecdsa", 5), purposes=())
    ),
    "by one who may do something else": lambda world: Responder(
        world.issuing, delegate(world.issuing, key("ecdsa", 5), purposes=(ExtendedKeyUsageOID.CLIENT_AUTH,))
    ),
    "by one whose time is over": lambda world: Responder(
        world.issuing, delegate(world.issuing, key("ecdsa", 5), days=(-9, -1))
    ),
    "by one with something unknown": lambda world: Responder(
        world.issuing, delegate(world.issuing, key("ecdsa", 5), more=[(raw("1.2.3", b"\x05\x00"), True)])
    ),
    "by one of whom nobody says that he is good": lambda world: Responder(
        world.issuing, delegate(world.issuing, key("ecdsa", 5), no_check=False)
    ),
    "by one who keeps his certificate back": lambda world: Responder(
        world.issuing, delegate(world.issuing, key("ecdsa", 5)), sends_certificate=False
    ),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_an_answer_is_refused_that_is(wrong: str) -> None:
    world = World()
    assert verdict(world, REFUSED[wrong](world)) == {Rule.REVOCATION}


def test_an_answer_without_a_nonce_is_accepted() -> None:
    world = World()
    assert verdict(world, own(world).but(nonce=lambda _asked: None)) == set()


def test_an_answer_without_an_end_is_accepted_while_it_is_new() -> None:
    world = World()
    assert verdict(world, own(world).but(this_update=NOW - timedelta(minutes=9), next_update=None)) == set()


def test_a_responders_own_certificate_is_looked_up_in_the_list() -> None:
    world = World()
    more = [(points(f"{CRL_ORIGIN}/issuing.crl"), False)]
    by = delegate(world.issuing, key("ecdsa", 5), no_check=False, more=more)
    assert verdict(world, Responder(world.issuing, by)) == set()
    other = World()
    other.internet.pages[f"{CRL_ORIGIN}/issuing.crl"] = crl(other.issuing, 3000)
    assert verdict(other, Responder(other.issuing, by)) == {Rule.REVOCATION}


@pytest.mark.parametrize("status", [1, 2, 3, 5, 6])
def test_a_responder_without_an_answer_tells_nothing(status: int) -> None:
    world = World()
    world.internet.pages[ADDRESS] = response(b"", status)
    assert refusals(world.examine(with_responder(world))) == {Rule.REVOCATION}
    world.internet.pages[ADDRESS] = bytes([0x30, 3, 10, 1, status])
    assert refusals(world.examine(with_responder(world))) == {Rule.REVOCATION}


def test_an_answer_that_is_too_long_is_not_read() -> None:
    world = World()
    with pytest.raises(SourceFailed, match="too long"):
        read(world, bytes(BYTES_AT_MOST + 1))


def test_the_question_names_the_certificate_and_carries_a_nonce() -> None:
    world = World("sm2")
    asked = ocsp.load_der_ocsp_request(
        question(with_responder(world).certificate, world.issuing.certificate, b"n" * 32)
    )
    assert asked.serial_number == 2000
    assert asked.hash_algorithm.name == "sha256"


def read(world: World, der: bytes) -> Status:
    certificate, issuer = with_responder(world).certificate, world.issuing.certificate
    return read_answer(der, certificate, issuer, nonce=b"n" * 32, is_good=lambda _one: False, now=NOW).status


WORLD = World("sm2")
GOOD = own(WORLD).but(status=ocsp.OCSPCertStatus.REVOKED, sends_certificate=False)(
    question(with_responder(WORLD).certificate, WORLD.issuing.certificate, b"n" * 32)
)


def test_the_answer_of_the_next_test_is_a_good_one() -> None:
    assert read(WORLD, GOOD) is Status.REVOKED


@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_flipped_bits_never_make_an_answer(data: st.DataObject) -> None:
    """A certificate that is sent along without need is not signed by the answer, and may break."""
    der = bytearray(GOOD)
    der[data.draw(st.integers(0, len(der) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SourceFailed):
        read(WORLD, bytes(der))
