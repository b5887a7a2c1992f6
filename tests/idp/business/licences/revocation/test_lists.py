"""Lists: whose they are, of what, from when; and that nothing but a list is read as one."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.asn1 import decode_der, encode_der
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.business.licences.algorithms import ECDSA_SHA384, identifier_of
from idp.business.licences.der import Signed, TbsCertificateList
from idp.business.licences.refusals import Rule
from idp.business.licences.revocation.findings import SourceFailed
from idp.business.licences.revocation.lists import BYTES_AT_MOST, read_list
from idp.business.licences.sandbox.issuing import sign
from tests.idp.business.licences.world import (
    CRL_ORIGIN,
    NOW,
    Extensions,
    Held,
    World,
    authority,
    crl,
    key,
    name,
    raw,
    refusals,
    usage,
)

ADDRESS = f"{CRL_ORIGIN}/issuing.crl"
KINDS = pytest.mark.parametrize("kind", ["sm2", "ecdsa", "rsa"])


def verdict(world: World, der: bytes | None, place: str = "issuing") -> set[Rule]:
    """What becomes of a licence with this list; nothing when it is accepted."""
    address = f"{CRL_ORIGIN}/{place}.crl"
    if der is None:
        del world.internet.pages[address]
    else:
        world.internet.pages[address] = der
    found = world.examine(world.licence())
    return set() if found.licence else refusals(found)


@KINDS
def test_a_revoked_licence_is_refused(kind: str) -> None:
    world = World(kind)
    assert verdict(world, crl(world.issuing, 1, 2000, 3)) == {Rule.REVOKED}
    assert verdict(World(kind), crl(world.issuing, 1, 2001, 3)) == set()


@KINDS
def test_a_revoked_authority_takes_its_licences_with_it(kind: str) -> None:
    world = World(kind)
    assert verdict(world, crl(world.root, 1001), "root") == {Rule.REVOKED}


@pytest.mark.parametrize("place", ["issuing", "root"])
def test_a_list_that_is_not_there_refuses(place: str) -> None:
    assert verdict(World(), None, place) == {Rule.REVOCATION}


@pytest.mark.parametrize("hours", [(-9, -1), (0.2, 9)], ids=["stale", "of the future"])
def test_a_list_out_of_its_time_is_refused(hours: tuple[float, float]) -> None:
    world = World()
    assert verdict(world, crl(world.issuing, hours=hours)) == {Rule.REVOCATION}


def test_a_list_of_another_authority_is_refused() -> None:
    world = World()
    assert verdict(world, crl(world.root)) == {Rule.REVOCATION}
    assert verdict(World(), crl(authority("issuing", key("ecdsa", 8)))) == {Rule.REVOCATION}
    assert verdict(World(), crl(authority("issuing", key("sm2", 8)))) == {Rule.REVOCATION}


def test_a_list_by_another_name_of_the_same_key_is_refused() -> None:
    """One key may serve two authorities; their lists are two."""
    world = World()
    assert verdict(world, crl(Held(name("another"), world.issuing.key))) == {Rule.REVOCATION}


@pytest.mark.parametrize(
    ("field", "value"),
    [("version", 0), ("signature", identifier_of(ECDSA_SHA384))],
    ids=["version", "two algorithms"],
)
def test_a_list_of_another_version_or_of_two_algorithms_is_refused(field: str, value: object) -> None:
    world = World()
    content = decode_der(Signed, crl(world.issuing)).content.parse(TbsCertificateList)
    setattr(content, field, value)
    assert verdict(world, sign(encode_der(content), world.issuing.key)) == {Rule.REVOCATION}


def test_an_authority_that_may_not_sign_lists_signs_none() -> None:
    world = World()
    extensions = [(x509.BasicConstraints(ca=True, path_length=None), True), (usage("key_cert_sign"), True)]
    issuer = authority("issuing", key("ecdsa", 2), world.root, extensions=extensions)
    with pytest.raises(SourceFailed, match="may not sign lists"):
        read_list(crl(issuer), world.licence().certificate, issuer.certificate, ADDRESS, NOW)


def point(**changes: object) -> Extensions:
    given_ = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
        **changes,
    }
    return [(x509.IssuingDistributionPoint(**given_), True)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "more",
    [
        point(only_contains_ca_certs=True),
        point(only_contains_attribute_certs=True),
        point(indirect_crl=True),
        point(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])),
        point(full_name=[x509.UniformResourceIdentifier("http://crl.example/other.crl")]),
        [(x509.DeltaCRLIndicator(3), True)],
        [(x509.DeltaCRLIndicator(3), False)],
        [(raw("1.2.3", b"\x05\x00"), True)],
        [(raw("1.2.3", b"\x05\x00"), False)] * 2,
        [(raw("2.5.29.28", b"\x05\x00"), True)],
    ],
    ids=[
        "authorities",
        "attributes",
        "indirect",
        "reasons",
        "elsewhere",
        "delta",
        "quiet delta",
        "critical",
        "twice",
        "broken",
    ],
)
def test_a_list_of_another_kind_is_refused(more: Extensions) -> None:
    world = World()
    assert verdict(world, crl(world.issuing, more=more)) == {Rule.REVOCATION}


@pytest.mark.parametrize(
    "more",
    [
        point(only_contains_user_certs=True),
        point(full_name=[x509.UniformResourceIdentifier(ADDRESS)]),
        [(raw("1.2.3", b"\x05\x00"), False)],
    ],
)
def test_a_list_of_licences_is_accepted(more: Extensions) -> None:
    world = World()
    assert verdict(world, crl(world.issuing, more=more)) == set()


def test_a_list_of_licences_says_nothing_of_authorities() -> None:
    world = World()
    only_licences = crl(world.root, more=point(only_contains_user_certs=True))
    assert verdict(world, only_licences, "root") == {Rule.REVOCATION}


def test_an_entry_with_something_unknown_makes_the_list_useless() -> None:
    builder = x509.CertificateRevocationListBuilder().issuer_name(World().issuing.name)
    builder = builder.last_update(NOW - timedelta(hours=1)).next_update(NOW + timedelta(hours=1))
    builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    entry = x509.RevokedCertificateBuilder().serial_number(5).revocation_date(NOW)
    entry = entry.add_extension(x509.CertificateIssuer([x509.DNSName("other")]), critical=True)
    made = builder.add_revoked_certificate(entry.build()).sign(key("ecdsa", 2).held, SHA256())  # type: ignore[arg-type]
    world = World()
    assert verdict(world, made.public_bytes(Encoding.DER)) == {Rule.REVOCATION}


def test_a_list_that_is_too_long_is_not_read() -> None:
    world = World()
    with pytest.raises(SourceFailed, match="longer"):
        read_list(
            bytes(BYTES_AT_MOST + 1), world.licence().certificate, world.issuing.certificate, ADDRESS, NOW
        )


WORLD = World("sm2")
GOOD = crl(WORLD.issuing, 1, 2, 3)


@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_flipped_bits_never_make_a_list(data: st.DataObject) -> None:
    world, der = WORLD, bytearray(GOOD)
    der[data.draw(st.integers(0, len(der) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SourceFailed):
        read_list(bytes(der), world.licence().certificate, world.issuing.certificate, ADDRESS, NOW)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(der: bytes) -> None:
    world = World()
    with pytest.raises(SourceFailed):
        read_list(der, world.licence().certificate, world.issuing.certificate, ADDRESS, NOW)
