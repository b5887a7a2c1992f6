"""What is handed over as a licence and is none: each refused on the sign-in page, and told in the log."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from werkzeug.test import TestResponse

from idp.business.licences.carriers import BYTES_AT_MOST
from idp.business.licences.sandbox.authority import folder
from idp.business.licences.sandbox.keys import from_pem, generate
from idp.crypto.digests import base64url
from tests.idp.business.licences import world
from tests.idp.business.licences.world import Extensions, Held, licence_extensions
from tests.idp.login.licences.licensing import Licence, Licensing, licence_text
from tests.idp.login.licences.test_signature import at_the_text, refused
from tests.idp.login.visitor import HALL, ISSUER, NEWCOMER, PERSON, Site, Visitor

LIST = f"{ISSUER}/sandbox/licences/ecdsa/issuing.crl"
TOO_LONG = b"x" * (BYTES_AT_MOST + 1)


def authority(licensing: Licensing) -> Held:
    place = folder(licensing.folder) / "ecdsa"
    return Held(pem_certificate(licensing).subject, from_pem((place / "issuing.key").read_text()))


def pem_certificate(licensing: Licensing) -> x509.Certificate:
    return x509.load_pem_x509_certificate(chain(licensing))


def chain(licensing: Licensing) -> bytes:
    return (folder(licensing.folder) / "ecdsa" / "issuing.pem").read_bytes()


def extensions(
    *,
    usages: Sequence[str] = ("digital_signature",),
    purposes: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.CLIENT_AUTH,),
) -> Extensions:
    return licence_extensions(holder=PERSON.number, crl=LIST, usages=usages, purposes=purposes)


def made(licensing: Licensing, by: Held | None = None, *above: Held, **changes: object) -> Licence:
    """A licence of the sandbox's authority, or of another, that differs from a good one."""
    given = {"extensions": extensions(), **changes}
    held = world.licence(by or authority(licensing), generate("ecdsa"), **given)  # type: ignore[arg-type]
    others = b"".join(one.pem for one in above) if above else chain(licensing)
    return Licence(held.pem, others, held.key.pem(), 2000)


def expired(licensing: Licensing) -> Licence:
    return made(licensing, days=(-10, 30))


def not_valid_yet(licensing: Licensing) -> Licence:
    return made(licensing, days=(250, 300))


def for_a_server(licensing: Licensing) -> Licence:
    return made(licensing, extensions=extensions(purposes=[ExtendedKeyUsageOID.SERVER_AUTH]))


def for_encryption(licensing: Licensing) -> Licence:
    return made(licensing, extensions=extensions(usages=["key_encipherment"]))


def self_signed(licensing: Licensing) -> Licence:
    own = generate("ecdsa")
    return made(licensing, Held(world.name("a licence"), own))


def cross_signed(licensing: Licensing) -> Licence:
    """By an authority that one of ours has certified, below which it may certify nobody."""
    ours = authority(licensing)
    between = world.authority("between", generate("ecdsa"), ours, more=[(world.points(LIST), False)])
    ours.der = pem_certificate(licensing).public_bytes(Encoding.DER)
    return made(licensing, between, between, ours)


def of_another_authority(licensing: Licensing) -> Licence:
    root = world.authority("Sandbox licences, root authority (ecdsa)", generate("ecdsa"))
    return made(licensing, root, root)


def of_a_name_that_is_ours(licensing: Licensing) -> Licence:
    """Its issuer bears our authority's name, and another key."""
    return made(licensing, Held(authority(licensing).name, generate("ecdsa")))


def without_a_holder(licensing: Licensing) -> Licence:
    return made(licensing, extensions=licence_extensions(holder=None, crl=LIST))


def of_an_authority(licensing: Licensing) -> Licence:
    """The authority's own certificate, presented as if it were a licence."""
    ours = authority(licensing)
    return Licence(chain(licensing), b"", ours.key.pem(), 1)


BAD: dict[str, tuple[Callable[[Licensing], Licence], set[str]]] = {
    "expired": (expired, {"validity"}),
    "not valid yet": (not_valid_yet, {"validity"}),
    "for a server": (for_a_server, {"purpose"}),
    "for encryption": (for_encryption, {"purpose"}),
    "self-signed": (self_signed, {"path", "signatures"}),
    "cross-signed": (cross_signed, {"authorities"}),
    "of another authority": (of_another_authority, {"path", "signatures"}),
    "of a name that is ours": (of_a_name_that_is_ours, {"path", "signatures"}),
    "without a holder": (without_a_holder, {"subject"}),
    "of an authority": (of_an_authority, {"subject"}),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_certificate(licensing: Licensing, site: Site, kind: str) -> None:
    make, rules = BAD[kind]
    visitor = licensing.sign_in(at_the_text(site), make(licensing))
    assert refused(licensing, visitor) in rules
    assert licensing.lists.asked == []


def test_a_good_one_that_is_made_in_the_same_way(licensing: Licensing, site: Site) -> None:
    assert licensing.sign_in(at_the_text(site), made(licensing)).path == "/consent"


def test_a_revoked_licence(licensing: Licensing, site: Site) -> None:
    licence = licensing.issue()
    licensing.revoke(licence)
    visitor = licensing.sign_in(at_the_text(site), licence)
    assert refused(licensing, visitor) == "revoked"
    assert visitor.shows("was revoked")


def test_a_licence_of_somebody_who_is_not_the_representative(licensing: Licensing, site: Site) -> None:
    visitor = licensing.sign_in(at_the_text(site), licensing.issue(holder=NEWCOMER))
    assert refused(licensing, visitor) == "holder"
    assert not site.events("person_enrolled")


@pytest.mark.parametrize(
    "certificate",
    [
        b"\x30\x03\x02\x01\x01",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"\x00" * 4000,
        "名".encode() * 30,
    ],
)
def test_a_malformed_certificate(licensing: Licensing, site: Site, certificate: bytes) -> None:
    visitor = licensing.sign_in(at_the_text(site), licensing.issue(), certificate=certificate)
    assert refused(licensing, visitor) == "readable"


def test_more_than_a_file_may_hold(licensing: Licensing, site: Site) -> None:
    for part in ("certificate", "chain", "signature"):
        visitor = licensing.sign_in(at_the_text(site), licensing.issue(), instead={part: TOO_LONG})
        assert visitor.status == 422
    assert not site.events("signed_in")


def test_a_stolen_certificate_without_its_key(licensing: Licensing, site: Site) -> None:
    """A certificate is public: whoever has it signs with a key of their own."""
    visitor = at_the_text(site)
    by_another = licensing.issue().sign(licence_text(visitor))
    licensing.sign_in(visitor, licensing.issue(), signature=by_another)
    assert refused(licensing, visitor) == "signature"


def test_a_replayed_challenge(licensing: Licensing, site: Site) -> None:
    """What was sent once is sent again, in the same browser and in the same sign-in."""
    visitor, licence = at_the_text(site), licensing.issue()
    url, text = visitor.url, licence_text(visitor)
    sent = {
        "csrf_token": visitor.page.forms["signature-form"].fields["csrf_token"],
        "challenge": base64url(text),
    }
    assert post(visitor, url, sent, licence, licence.sign(text)).status_code == 303
    visitor.client.delete_cookie("__Host-session", domain="id.example")
    again = post(visitor, url, sent, licence, licence.sign(text))
    assert again.status_code == 422
    assert site.events("licence_refused")[-1]["rule"] == "challenge"
    assert len(site.events("signed_in")) == 1


def test_a_signature_that_was_coaxed_out_of_a_holder_for_another_sign_in(
    licensing: Licensing, site: Site
) -> None:
    """The text names the sign-in that it is for: in another browser it is nothing."""
    attacker, licence = at_the_text(site), licensing.issue()
    victim = at_the_text(site)
    signed = licence_text(victim)
    form = attacker.page.forms["signature-form"]
    sent = {"csrf_token": form.fields["csrf_token"], "challenge": base64url(signed)}
    answer = post(attacker, attacker.url, sent, licence, licence.sign(signed))
    assert answer.status_code == 422
    refused = site.events("licence_refused")[-1]
    assert (refused["rule"], len(refused["issuer"])) == ("challenge", 64)
    # Nor is it used up by that.
    assert licensing.sign_in(victim, licence).path == "/consent"


def test_a_challenge_of_the_command_line_signs_nobody_in(licensing: Licensing, site: Site) -> None:
    visitor, licence = at_the_text(site), licensing.issue()
    issued = licensing.checks._open().challenges.issue("check", "command line", site.clock()).text
    form = visitor.page.forms["signature-form"]
    sent = {"csrf_token": form.fields["csrf_token"], "challenge": base64url(issued)}
    assert post(visitor, visitor.url, sent, licence, licence.sign(issued)).status_code == 422
    assert not site.events("signed_in")


def test_a_challenge_that_is_too_old(licensing: Licensing, site: Site) -> None:
    visitor = at_the_text(site)
    text = licence_text(visitor)
    site.clock.advance(timedelta(seconds=site.services.settings.licences.challenge_seconds).total_seconds())
    licensing.sign_in(visitor, licensing.issue())
    assert refused(licensing, visitor) == "challenge"
    assert licence_text(visitor) != text


def test_without_the_pages_token_nothing_is_read(licensing: Licensing, site: Site) -> None:
    visitor, licence = at_the_text(site), licensing.issue()
    text = licence_text(visitor)
    answer = post(visitor, visitor.url, {"challenge": base64url(text)}, licence, licence.sign(text))
    assert answer.status_code == 403


def test_a_foreign_interaction_shows_no_text(licensing: Licensing, site: Site) -> None:
    url = at_the_text(site).url
    other = site.visitor().authorize(HALL).get(url)
    assert "signature-form" not in other.page.forms
    assert other.status >= 400


def post(
    visitor: Visitor, url: str, sent: dict[str, str], licence: Licence, signature: bytes
) -> TestResponse:
    files = {"certificate": licence.certificate, "chain": licence.chain, "signature": signature}
    data = sent | {name: (BytesIO(one), name) for name, one in files.items()}
    return visitor.client.post(url, data=data, base_url=ISSUER, headers={"Accept-Language": "en"})
