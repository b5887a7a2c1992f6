"""Authorities of all kinds of keys, the licences that they issue well or badly, and who checks them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.asn1 import PrintableString, encode_der
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from idp.business.licences.certificates import Certificate, read_certificate
from idp.business.licences.challenges import Challenges
from idp.business.licences.checking import Checker, Policy, Presented, Proof, WhenUnknown
from idp.business.licences.der import IdentityCode
from idp.business.licences.findings import Examination
from idp.business.licences.path import Demands
from idp.business.licences.refusals import Rule
from idp.business.licences.revocation import Revocation
from idp.business.licences.revocation.fetching import Fetcher
from idp.business.licences.sandbox import issuing
from idp.business.licences.sandbox.keys import SigningKey, generate, pem
from idp.business.licences.subject import Places
from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.business.registry import LegalRepresentative, RegisteredOrganisation, RegisterUnavailable
from idp.outbound import Answer, Unreachable
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
CODE = "91000000YT00000112"
HOLDER = "000000199003070030"
CREDIT_CODE = "1.2.156.10260.4.1.4"
IDENTITY_CODE = "1.2.156.10260.4.1.1"
HARDWARE = "1.2.3.4.1"
ISSUER = "https://id.example"
CRL_ORIGIN, OCSP_ORIGIN = "http://crl.example", "http://ocsp.example"
PLACES = Places(
    code=(f"extension:{CREDIT_CODE}", "subject:2.5.4.97", "subject:2.5.4.5"),
    holder=(f"extension:{IDENTITY_CODE}",),
)

Extensions = list[tuple[x509.ExtensionType, bool]]


@lru_cache
def key(kind: str, number: int = 0) -> SigningKey:
    """The same at each call: RSA keys take long to make."""
    if kind == "ecdsa-p384":
        return SigningKey(ec.generate_private_key(ec.SECP384R1()))
    if kind.startswith("rsa-"):
        return SigningKey(rsa.generate_private_key(65537, int(kind[4:])))
    return generate(kind)


def name(common_name: str, *more: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "CN"), (NameOID.COMMON_NAME, common_name), *more]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def usage(*given: str) -> x509.KeyUsage:
    names = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment"]
    names += ["key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{one: one in given for one in names})


def raw(oid: str, value: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)


def text_extension(oid: str, text: str) -> x509.UnrecognizedExtension:
    return raw(oid, encode_der(PrintableString(text)))


def identity(number: str) -> x509.UnrecognizedExtension:
    card = IdentityCode(resident_card=PrintableString(number), military_card=None, passport=None)
    return raw(IDENTITY_CODE, encode_der(card))


def points(*addresses: str) -> x509.CRLDistributionPoints:
    uris = [x509.UniformResourceIdentifier(one) for one in addresses]
    return x509.CRLDistributionPoints([x509.DistributionPoint([uri], None, None, None) for uri in uris])


def responder_at(address: str) -> x509.AuthorityInformationAccess:
    uri = x509.UniformResourceIdentifier(address)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, uri)])


def policies(*oids: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier(one), None) for one in oids]
    )


@dataclass
class Held:
    """A certificate and its key."""

    name: x509.Name
    key: SigningKey
    der: bytes = b""

    @property
    def issuer(self) -> issuing.Issuer:
        return issuing.Issuer(self.name, self.key)

    @property
    def certificate(self) -> Certificate:
        return read_certificate(self.der)

    @property
    def pem(self) -> bytes:
        return pem("CERTIFICATE", self.der).encode()


def authority(
    common_name: str,
    own_key: SigningKey,
    by: Held | None = None,
    *,
    extensions: Extensions | None = None,
    path_length: int | None = None,
    more: Extensions | None = None,
    days: tuple[int, int] = (-100, 1000),
    serial_number: int = 1000,
) -> Held:
    """`by` None: a root. `extensions` replaces all that an authority has, `more` is added."""
    made = Held(name(common_name), own_key)
    given = extensions if extensions is not None else authority_extensions(path_length)
    made.der = issuing.certificate(
        (by or made).issuer,
        subject=made.name,
        key=own_key,
        serial_number=serial_number,
        not_before=NOW + timedelta(days=days[0]),
        not_after=NOW + timedelta(days=days[1]),
        extensions=[*given, *(more or [])],
    )
    return made


def authority_extensions(path_length: int | None = None) -> Extensions:
    return [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (usage("key_cert_sign", "crl_sign"), True),
    ]


def licence_extensions(
    *,
    code: str | None = CODE,
    holder: str | None = HOLDER,
    usages: Sequence[str] = ("digital_signature",),
    purposes: Sequence[x509.ObjectIdentifier] | None = (ExtendedKeyUsageOID.CLIENT_AUTH,),
    crl: str | None = f"{CRL_ORIGIN}/issuing.crl",
) -> Extensions:
    found: Extensions = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage(*usages), True),
    ]
    if purposes is not None:
        found.append((x509.ExtendedKeyUsage(list(purposes)), False))
    if code is not None:
        found.append((text_extension(CREDIT_CODE, code), False))
    if holder is not None:
        found.append((identity(holder), False))
    if crl is not None:
        found.append((points(crl), False))
    return found


def licence(
    by: Held,
    own_key: SigningKey,
    *,
    extensions: Extensions | None = None,
    more: Extensions | None = None,
    subject: x509.Name | None = None,
    days: tuple[float, float] = (-10, 300),
    serial_number: int = 2000,
) -> Held:
    made = Held(subject or name("a licence"), own_key)
    made.der = issuing.certificate(
        by.issuer,
        subject=made.name,
        key=own_key,
        serial_number=serial_number,
        not_before=NOW + timedelta(days=days[0]),
        not_after=NOW + timedelta(days=days[1]),
        extensions=[*(licence_extensions() if extensions is None else extensions), *(more or [])],
    )
    return made


def crl(
    by: Held,
    *revoked: int,
    hours: tuple[float, float] = (-1, 24),
    more: Extensions | None = None,
    now: datetime = NOW,
) -> bytes:
    return issuing.revocation_list(
        by.issuer,
        [(serial, NOW - timedelta(days=1)) for serial in revoked],
        this_update=now + timedelta(hours=hours[0]),
        next_update=now + timedelta(hours=hours[1]),
        extensions=[(x509.CRLNumber(7), False), *(more or [])],
    )


@dataclass
class Internet:
    """Stands in for `Outbound`: what is at an address, or who answers there."""

    pages: dict[str, bytes | Callable[[bytes], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(self, url: str) -> Answer:
        return self._answer(url, b"")

    def post(self, url: str, body: bytes, *, headers: object = None) -> Answer:
        return self._answer(url, body)

    def _answer(self, url: str, body: bytes) -> Answer:
        self.asked.append(url)
        if url not in self.pages:
            raise Unreachable(f"{url} cannot be reached")
        page = self.pages[url]
        return Answer(200, {}, page(body) if callable(page) else page)


@dataclass
class Register:
    """One company and its legal representative, as the business register has them today."""

    status: OrganisationStatus = OrganisationStatus.ACTIVE
    representative: str | None = HOLDER
    is_down: bool = False
    asked: int = 0

    def look_up(self, code: str) -> RegisteredOrganisation | None:
        self.asked += 1
        if self.is_down:
            raise RegisterUnavailable("down")
        if code != CODE:
            return None
        who = LegalRepresentative("张三", self.representative)
        return RegisteredOrganisation(code, "样本", OrganisationType.ENTERPRISE, self.status, who)


class World:
    """A root, an authority below it and a checker that trusts the root; lists are there and empty."""

    def __init__(
        self,
        kind: str = "ecdsa",
        *,
        when_unknown: WhenUnknown = "refuse",
        sandbox: bool = True,
        roots: Sequence[Held] | None = None,
        known: Sequence[Held] = (),
    ) -> None:
        self.kind = kind
        self.clock = FakeClock(NOW)
        self.store = MemoryStore(self.clock)
        self.internet = Internet()
        self.root = authority("root", key(kind, 1))
        self.issuing = authority(
            "issuing",
            key(kind, 2),
            self.root,
            path_length=0,
            more=[(points(f"{CRL_ORIGIN}/root.crl"), False), (policies("2.5.29.32.0"), False)],
            serial_number=1001,
        )
        self.key = key(kind, 3)
        self.internet.pages[f"{CRL_ORIGIN}/root.crl"] = crl(self.root)
        self.internet.pages[f"{CRL_ORIGIN}/issuing.crl"] = crl(self.issuing)
        self.challenges = Challenges(self.store, ISSUER, seconds=180)
        trusted = [self.root] if roots is None else roots
        policy = Policy(
            roots=tuple(one.certificate for one in trusted),
            authorities=tuple(one.certificate for one in known),
            demands=Demands(
                frozenset({ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string}), frozenset({HARDWARE})
            ),
            places=PLACES,
            when_revocation_is_unknown=when_unknown,
            sandbox=sandbox,
        )
        self.policy = policy
        self.register = Register()
        self.checker = self.new_checker()

    def new_checker(self) -> Checker:
        """As another process has it."""
        return Checker(self.policy, self.new_revocation(), self.register)

    def new_revocation(self) -> Revocation:
        allow = (CRL_ORIGIN, OCSP_ORIGIN)
        return Revocation(self.store, lambda: Fetcher(self.internet, allow), keep_seconds=3600)  # type: ignore[arg-type]

    def licence(self, **changes: object) -> Held:
        return licence(self.issuing, self.key, **changes)  # type: ignore[arg-type]

    def proof(self, held: Held, **changes: object) -> Proof:
        text = self.challenges.issue("sign-in", "interaction", self.clock()).text
        return Proof(text, held.key.sign(text), **changes)  # type: ignore[arg-type]

    def examine(
        self, held: Held, *above: Held, proof: Proof | None = None, interaction: str = "interaction"
    ) -> Examination:
        """With a good proof, where none is given; below the issuing authority, where no other is."""
        chain = b"".join(one.pem for one in (above or (self.issuing,)))
        presented = Presented(held.der, chain, proof or self.proof(held))
        return self.look(presented, interaction)

    def look(self, presented: Presented, interaction: str = "interaction") -> Examination:
        def redeem(text: bytes) -> None:
            self.challenges.redeem(text, "sign-in", interaction, self.clock())

        now = self.clock()
        return self.checker.examine(presented, redeem, now=now, today=now.date())


def refusals(examination: Examination) -> set[Rule]:
    assert examination.licence is None
    return {one.rule for one in examination.outcomes if one.reason is not None}
