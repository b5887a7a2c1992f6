"""Paths that lead nowhere, or through certificates that may not be part of one."""

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from idp.business.licences.checking import Presented
from idp.business.licences.path import LONGEST, OTHERS_AT_MOST
from idp.business.licences.refusals import Rule
from tests.idp.business.licences.world import (
    CRL_ORIGIN,
    Held,
    World,
    authority,
    authority_extensions,
    crl,
    key,
    licence,
    licence_extensions,
    name,
    points,
    raw,
    refusals,
    usage,
)


@pytest.fixture(params=["sm2", "ecdsa"])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def listed(world: World, by: Held, place: str) -> list[tuple[x509.ExtensionType, bool]]:
    """Where the list of an authority is, which is then there."""
    world.internet.pages[f"{CRL_ORIGIN}/{place}.crl"] = crl(by)
    return [(points(f"{CRL_ORIGIN}/{place}.crl"), False)]


def test_an_expired_licence_is_refused(world: World) -> None:
    assert refusals(world.examine(world.licence(days=(-20, -0.01)))) == {Rule.VALIDITY}


def test_a_licence_that_is_not_valid_yet_is_refused(world: World) -> None:
    assert refusals(world.examine(world.licence(days=(0.01, 20)))) == {Rule.VALIDITY}


@pytest.mark.parametrize("days", [(-20, -1), (1, 20)])
def test_an_authority_out_of_its_time_is_refused(world: World, days: tuple[int, int]) -> None:
    world.issuing = authority("issuing", key(world.kind, 2), world.root, days=days)
    assert refusals(world.examine(world.licence())) == {Rule.VALIDITY}


def test_an_expired_root_is_refused(world: World) -> None:
    old = authority("root", key(world.kind, 1), days=(-20, -1))
    assert refusals(World(world.kind, roots=[old]).examine(world.licence(), world.issuing)) == {Rule.VALIDITY}


def test_a_self_signed_certificate_is_refused(world: World) -> None:
    own = Held(name("own"), world.key)
    held = licence(own, world.key, subject=own.name)
    found = world.examine(held)
    assert refusals(found) == {Rule.PATH}
    assert "issued by itself" in found.refused.reason  # type: ignore[union-attr]


def test_the_licence_of_another_root_is_refused(world: World) -> None:
    other = authority("other root", key(world.kind, 7))
    issuing = authority("other", key(world.kind, 8), other)
    assert refusals(world.examine(licence(issuing, world.key), issuing, other)) == {Rule.PATH}


def test_a_namesake_of_the_root_is_refused(world: World) -> None:
    """The names chain; the signatures do not."""
    false = authority("root", key(world.kind, 7))
    issuing = authority("issuing", key(world.kind, 8), false)
    assert refusals(world.examine(licence(issuing, world.key), issuing, false)) == {Rule.PATH}
    found = world.examine(licence(issuing, world.key), world.issuing)
    assert refusals(found) == {Rule.SIGNATURES}


def test_a_licence_issued_by_a_licence_is_refused(world: World) -> None:
    holder = world.licence()
    found = world.examine(licence(holder, key(world.kind, 9)), holder, world.issuing)
    assert Rule.AUTHORITIES in refusals(found)


def test_an_authority_that_may_not_sign_certificates_is_refused(world: World) -> None:
    for extensions in (
        [(x509.BasicConstraints(ca=True, path_length=None), True)],
        [(x509.BasicConstraints(ca=True, path_length=None), True), (usage("digital_signature"), True)],
        [(x509.BasicConstraints(ca=False, path_length=None), True), (usage("key_cert_sign"), True)],
        [(usage("key_cert_sign"), True)],
    ):
        issuing = authority("issuing", key(world.kind, 2), world.root, extensions=extensions)
        assert refusals(world.examine(world.licence(), issuing)) == {Rule.AUTHORITIES}


def test_a_path_longer_than_its_authority_allows_is_refused(world: World) -> None:
    below = authority("below", key(world.kind, 4), world.issuing)
    assert refusals(world.examine(licence(below, world.key), below, world.issuing)) == {Rule.AUTHORITIES}


def test_the_root_may_limit_the_path_too(world: World) -> None:
    root = authority("root", key(world.kind, 1), path_length=0)
    assert refusals(World(world.kind, roots=[root]).examine(world.licence(), world.issuing)) == {
        Rule.AUTHORITIES
    }


def test_a_path_of_four_is_the_longest(world: World) -> None:
    assert LONGEST == 4
    first = authority("first", key(world.kind, 4), world.root, more=listed(world, world.root, "first"))
    second = authority("second", key(world.kind, 5), first, more=listed(world, first, "second"))
    extensions = licence_extensions(crl=f"{CRL_ORIGIN}/leaf.crl")
    listed(world, second, "leaf")
    good = licence(second, world.key, extensions=extensions)
    assert world.examine(good, second, first).licence
    third = authority("third", key(world.kind, 6), second)
    assert refusals(world.examine(licence(third, world.key), third, second, first)) == {Rule.PATH}


def test_a_licence_issued_by_the_root_itself_is_accepted(world: World) -> None:
    held = licence(world.root, world.key, extensions=licence_extensions(crl=f"{CRL_ORIGIN}/root.crl"))
    assert world.examine(held).licence


def test_the_certificate_of_an_authority_is_no_licence(world: World) -> None:
    extensions = [*licence_extensions()[2:], *authority_extensions()]
    assert refusals(world.examine(world.licence(extensions=extensions))) == {Rule.AUTHORITIES, Rule.PURPOSE}


def test_huge_chains_are_refused_before_any_signature_is_verified(world: World) -> None:
    many = [world.issuing] * (OTHERS_AT_MOST + 1)
    assert Rule.PATH in refusals(world.examine(world.licence(), *many))
    pem = world.licence().pem + world.issuing.pem * (OTHERS_AT_MOST + 1)
    assert refusals(world.look(Presented(pem))) == {Rule.PATH}


def test_many_namesakes_do_not_keep_the_server_busy(world: World) -> None:
    """Six certificates of one name and key, each issued by that name: the paths among them are many."""
    loop = [
        authority("loop", key(world.kind, 4), serial_number=10 + number) for number in range(OTHERS_AT_MOST)
    ]
    found = world.examine(licence(loop[0], world.key), *loop)
    assert refusals(found) == {Rule.PATH}
    assert "too many paths" in str(found.refused)


def test_a_cross_signed_authority_is_followed_to_the_root_that_is_trusted(world: World) -> None:
    """The same authority, certified by another root as well, whose certificate comes first."""
    other = authority("other root", key(world.kind, 7))
    crossed = authority("issuing", key(world.kind, 2), other)
    assert world.examine(world.licence(), crossed, world.issuing).licence
    assert refusals(world.examine(world.licence(), crossed, other)) == {Rule.PATH}


def test_of_two_trusted_paths_one_that_is_closed_does_not_close_the_other(world: World) -> None:
    other = authority("other root", key(world.kind, 7))
    expired = authority("issuing", key(world.kind, 2), other, days=(-20, -1))
    both = World(world.kind, roots=[other, world.root])
    assert both.examine(world.licence(), expired, world.issuing).licence
    assert refusals(both.examine(world.licence(), expired)) == {Rule.VALIDITY}


def test_unknown_critical_extensions_are_refused(world: World) -> None:
    for critical in (raw("1.2.3.4", b"\x05\x00"), x509.SubjectAlternativeName([x509.DNSName("a.example")])):
        assert refusals(world.examine(world.licence(more=[(critical, True)]))) == {Rule.EXTENSIONS}
    assert world.examine(world.licence(more=[(raw("1.2.3.4", b"\x05\x00"), False)])).licence


@pytest.mark.parametrize("critical", [True, False])
@pytest.mark.parametrize(
    "narrowing",
    [
        x509.NameConstraints([x509.DNSName("example")], None),
        x509.PolicyConstraints(0, None),
        x509.InhibitAnyPolicy(0),
        raw("2.5.29.33", bytes.fromhex("300c300a06032a030406032a0305")),
    ],
    ids=["names", "policies", "any policy", "mappings"],
)
def test_what_narrows_an_authority_is_never_passed_over(
    world: World, narrowing: x509.ExtensionType, critical: bool
) -> None:
    issuing = authority("issuing", key(world.kind, 2), world.root, more=[(narrowing, critical)])
    assert refusals(world.examine(world.licence(), issuing)) == {Rule.EXTENSIONS}


@pytest.mark.parametrize(
    "usages",
    [["key_encipherment", "data_encipherment"], ["key_agreement"], ["digital_signature", "key_cert_sign"]],
)
def test_a_key_that_is_not_meant_to_sign_is_refused(world: World, usages: list[str]) -> None:
    """Above all the encryption certificate that comes with each signing certificate of SM2."""
    assert refusals(world.examine(world.licence(extensions=licence_extensions(usages=usages)))) == {
        Rule.PURPOSE
    }


def test_a_key_that_signs_what_cannot_be_denied_is_accepted(world: World) -> None:
    extensions = licence_extensions(usages=["content_commitment"])
    assert world.examine(world.licence(extensions=extensions)).licence


def test_a_licence_without_key_usage_is_refused(world: World) -> None:
    extensions = [one for one in licence_extensions() if not isinstance(one[0], x509.KeyUsage)]
    assert refusals(world.examine(world.licence(extensions=extensions))) == {Rule.PURPOSE}


@pytest.mark.parametrize(
    "purpose",
    [
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.CODE_SIGNING,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    ],
)
def test_a_certificate_of_another_purpose_is_refused(world: World, purpose: x509.ObjectIdentifier) -> None:
    held = world.licence(extensions=licence_extensions(purposes=[purpose]))
    assert refusals(world.examine(held)) == {Rule.PURPOSE}


def test_a_licence_of_no_stated_purpose_is_accepted(world: World) -> None:
    assert world.examine(world.licence(extensions=licence_extensions(purposes=None))).licence


def test_an_authority_for_other_purposes_is_refused(world: World) -> None:
    servers = [(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)]
    issuing = authority("issuing", key(world.kind, 2), world.root, more=servers)
    assert refusals(world.examine(world.licence(), issuing)) == {Rule.PURPOSE}


def test_other_key_identifiers_tell_namesakes_apart(world: World) -> None:
    """Of two authorities of one name, the one that is named by its key is asked."""
    mine = [(x509.SubjectKeyIdentifier(b"mine"), False), *listed(world, world.root, "mine")]
    others = [(x509.SubjectKeyIdentifier(b"another's"), False)]
    right = authority("issuing", key(world.kind, 2), world.root, more=mine)
    wrong = authority("issuing", key(world.kind, 2), world.root, more=others)
    held = world.licence(more=[(x509.AuthorityKeyIdentifier(b"mine", None, None), False)])
    assert world.examine(held, wrong, right).licence
    assert refusals(world.examine(held, wrong)) == {Rule.PATH}


def test_an_authority_that_is_known_need_not_come_along(world: World) -> None:
    knowing = World(world.kind, roots=[world.root], known=[world.issuing])
    held = world.licence()
    assert knowing.look(Presented(held.der, None, knowing.proof(held))).licence
    assert refusals(world.look(Presented(held.der, None, world.proof(held)))) == {Rule.PATH}


def test_an_authority_that_is_known_is_not_trusted_for_it(world: World) -> None:
    other = authority("another root", key(world.kind, 8))
    knowing = World(world.kind, roots=[other], known=[world.root, world.issuing])
    held = world.licence()
    assert refusals(knowing.look(Presented(held.der, None, knowing.proof(held)))) == {Rule.PATH}
