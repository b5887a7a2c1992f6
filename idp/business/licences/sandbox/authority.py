"""A root and an issuing authority for each kind of key, as files in the sandbox's data directory.

    <data_directory>/sandbox/licences/<kind>/root.pem, root.key, issuing.pem, issuing.key, revoked

Every certificate of theirs carries SANDBOX_MARK; a provider that is no sandbox takes none of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.asn1 import PrintableString, encode_der
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from idp.business.credit_code import CreditCode
from idp.business.licences.certificates import read_certificate
from idp.business.licences.der import IdentityCode
from idp.business.licences.roots import SANDBOX_MARK
from idp.business.licences.sandbox.issuing import Extensions, Issuer, certificate, revocation_list
from idp.business.licences.sandbox.keys import KINDS, SigningKey, from_pem, generate, pem
from idp.crypto.master_key import write_new
from idp.people.documents import IdentityDocument

AUTHORITY_DAYS: Final = 3650
LICENCE_DAYS: Final = 365
LIST_VALID: Final = timedelta(days=1)
CREDIT_CODE: Final = "1.2.156.10260.4.1.4"
HOLDER: Final = "1.2.156.10260.4.1.1"
HARDWARE_POLICY: Final = "2.25.204160374850297187164103265716183205418"
"""What the sandbox's licences say whose key is meant to be in hardware; it is in a file like all others."""

Which = Literal["root", "issuing"]


@dataclass(frozen=True, slots=True, repr=False)
class Issued:
    """A licence with its key: all that a business holds."""

    certificate: str
    chain: str
    key: str
    serial_number: int


def folder(data_directory: Path) -> Path:
    return data_directory / "sandbox" / "licences"


def root_files(data_directory: Path) -> tuple[Path, ...]:
    """Those that have been made."""
    files = [folder(data_directory) / kind / "root.pem" for kind in KINDS]
    return tuple(file for file in files if file.exists())


def issuing_files(data_directory: Path) -> tuple[Path, ...]:
    """Of those that have been made: a root comes first."""
    files = [folder(data_directory) / kind / "issuing.pem" for kind in KINDS]
    return tuple(file for file in files if file.exists())


def make_authority(data_directory: Path, kind: str, issuer: str, now: datetime) -> "Authority":
    """The one that is there, or a new one; safe when two programs make it at once.

    `issuer` is the provider's own address, where the lists are.
    """
    found = Authority(folder(data_directory) / kind, kind, issuer)
    found.make(now)
    return found


def authority_of(data_directory: Path, kind: str, issuer: str) -> "Authority | None":
    """None until it has been made."""
    place = folder(data_directory) / kind
    return Authority(place, kind, issuer) if (place / "issuing.pem").exists() else None


class Authority:
    """Of one kind of key (KINDS)."""

    def __init__(self, place: Path, kind: str, issuer: str) -> None:
        self._folder = place
        self._kind = kind
        self._issuer = issuer

    def make(self, now: datetime) -> None:
        self._make("root", now)
        self._make("issuing", now)

    def issue(
        self, code: CreditCode, holder: IdentityDocument, *, organisation: str, hardware: bool, now: datetime
    ) -> Issued:
        issuer, key = self._as_issuer("issuing"), generate(self._kind)
        serial_number = x509.random_serial_number()
        extensions: Extensions = [
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_usage(digital_signature=True, content_commitment=True), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
            (self._points_to_list("issuing"), False),
            *_identifiers(key, issuer.key),
            (_plain(CREDIT_CODE, encode_der(PrintableString(code.value))), False),
            (_plain(HOLDER, _identity_code(holder)), False),
            (_mark(), False),
            *([(_policy(), False)] if hardware else []),
        ]
        der = certificate(
            issuer,
            subject=_name(organisation),
            key=key,
            serial_number=serial_number,
            not_before=now - timedelta(minutes=5),
            not_after=now + timedelta(days=LICENCE_DAYS),
            extensions=extensions,
        )
        chain = (self._folder / "issuing.pem").read_text("ascii")
        return Issued(pem("CERTIFICATE", der), chain, key.pem(), serial_number)

    def revoke(self, serial_number: int, now: datetime) -> None:
        """Stands on the list from its next fetch on. One line is one write, so parallel calls lose none."""
        with (self._folder / "revoked").open("a", encoding="ascii") as file:
            file.write(f"{serial_number:x} {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n")

    def revocation_list(self, which: Which, now: datetime) -> bytes:
        """Signed anew at each call: nothing has to be refreshed."""
        issuer = self._as_issuer(which)
        return revocation_list(
            issuer,
            self._revoked() if which == "issuing" else (),
            this_update=now - timedelta(minutes=5),
            next_update=now + LIST_VALID,
            extensions=[
                (x509.CRLNumber(int(now.timestamp())), False),
                (x509.AuthorityKeyIdentifier(_identifier(issuer.key), None, None), False),
            ],
        )

    def _revoked(self) -> list[tuple[int, datetime]]:
        file = self._folder / "revoked"
        lines = file.read_text("ascii").splitlines() if file.exists() else []
        found: dict[int, datetime] = {}
        for line in lines:
            serial_number, _, at = line.partition(" ")
            found.setdefault(int(serial_number, 16), datetime.fromisoformat(at))
        return list(found.items())

    def _make(self, which: Which, now: datetime) -> None:
        """The key first, at once or not at all: a certificate is then made for the key that is there."""
        if (self._folder / f"{which}.pem").exists():
            return
        write_new(self._folder / f"{which}.key", generate(self._kind).pem())
        key = self._key(which)
        is_root = which == "root"
        issuer = Issuer(_authority_name(self._kind, "root"), key) if is_root else self._as_issuer("root")
        extensions: Extensions = [
            (x509.BasicConstraints(ca=True, path_length=1 if is_root else 0), True),
            (_usage(key_cert_sign=True, crl_sign=True), True),
            *_identifiers(key, issuer.key),
            (_mark(), False),
            *([] if is_root else [(self._points_to_list("root"), False), (_policy(), False)]),
        ]
        der = certificate(
            issuer,
            subject=_authority_name(self._kind, which),
            key=key,
            serial_number=x509.random_serial_number(),
            not_before=now - timedelta(minutes=5),
            not_after=now + timedelta(days=AUTHORITY_DAYS),
            extensions=extensions,
        )
        read_certificate(der)
        write_new(self._folder / f"{which}.pem", pem("CERTIFICATE", der))

    def _as_issuer(self, which: Which) -> Issuer:
        return Issuer(_authority_name(self._kind, which), self._key(which))

    def _key(self, which: Which) -> SigningKey:
        return from_pem((self._folder / f"{which}.key").read_text("ascii"))

    def _points_to_list(self, which: Which) -> x509.CRLDistributionPoints:
        address = x509.UniformResourceIdentifier(f"{self._issuer}/sandbox/licences/{self._kind}/{which}.crl")
        return x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)])


def _authority_name(kind: str, which: Which) -> x509.Name:
    return _name("Yitong sandbox", f"Sandbox licences, {which} authority ({kind})")


def _name(organisation: str, common_name: str | None = None) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, organisation)]
    parts += [(NameOID.COMMON_NAME, common_name)] if common_name else []
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _identity_code(holder: IdentityDocument) -> bytes:
    number = PrintableString(holder.number.value)
    return encode_der(IdentityCode(resident_card=number, military_card=None, passport=None))


def _identifiers(key: SigningKey, issuer: SigningKey) -> Extensions:
    """RFC 5280 sections 4.2.1.1 and 4.2.1.2."""
    return [
        (x509.SubjectKeyIdentifier(_identifier(key)), False),
        (x509.AuthorityKeyIdentifier(_identifier(issuer), None, None), False),
    ]


def _identifier(key: SigningKey) -> bytes:
    """RFC 7093 section 2, method 1."""
    return sha256(key.public_info.key.as_bytes()).digest()[:20]


def _plain(oid: str, value: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)


def _mark() -> x509.UnrecognizedExtension:
    return _plain(SANDBOX_MARK, b"\x05\x00")


def _policy() -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(HARDWARE_POLICY), None)])


def _usage(**given: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})
