"""From a licence to a root that the operator has configured: RFC 5280 section 6, for short paths.

Strict where the RFC leaves room: what is not understood is refused, also where it is not critical and would
narrow what an authority may say (names, policies). A path is at most four certificates long.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.x509.oid import ExtensionOID

from idp.business.licences.certificates import Certificate
from idp.business.licences.refusals import LicenceRefused, Rule

LONGEST: Final = 4
OTHERS_AT_MOST: Final = 6
"""Certificates that may come along with a licence."""
SIGNATURES_AT_MOST: Final = 16
"""Verified while looking for a path, whatever was handed over."""

UNDERSTOOD: Final = frozenset(
    one.dotted_string
    for one in (
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
    )
)
NARROWING: Final = {
    one.dotted_string: name
    for one, name in (
        (ExtensionOID.NAME_CONSTRAINTS, "name constraints"),
        (ExtensionOID.POLICY_MAPPINGS, "policy mappings"),
        (ExtensionOID.POLICY_CONSTRAINTS, "policy constraints"),
        (ExtensionOID.INHIBIT_ANY_POLICY, "the inhibition of any policy"),
    )
}
ANY_POLICY: Final = "2.5.29.32.0"
ANY_PURPOSE: Final = "2.5.29.37.0"


@dataclass(frozen=True, slots=True)
class Demands:
    """What the operator asks of a licence, next to what the RFC does."""

    purposes: frozenset[str]
    """Extended key usages, one of which a licence that has any must have."""
    hardware_policies: frozenset[str]
    """Certificate policies that say: the key cannot leave its device."""


@dataclass(frozen=True, slots=True)
class Asked:
    demands: Demands
    now: datetime


@dataclass(frozen=True, slots=True)
class Path:
    """The licence first, the root last."""

    certificates: tuple[Certificate, ...]

    @property
    def licence(self) -> Certificate:
        return self.certificates[0]

    @property
    def below_root(self) -> tuple[Certificate, ...]:
        return self.certificates[:-1]

    @property
    def issued(self) -> Iterator[tuple[Certificate, Certificate]]:
        """Each certificate below the root, with the one that issued it."""
        return zip(self.certificates, self.certificates[1:], strict=False)


def find_paths(
    licence: Certificate,
    others: Sequence[Certificate],
    roots: Sequence[Certificate],
    known: Sequence[Certificate] = (),
) -> Iterator[Path]:
    """All paths whose signatures verify, each name chained to the next; the root's own copy counts.

    More than one where authorities certify each other: the caller takes one whose rules all hold.
    `others` came along; `known` are there anyway, and neither is trusted.
    Raises LicenceRefused when too much would have to be verified.
    """
    if len(others) > OTHERS_AT_MOST:
        raise LicenceRefused(Rule.PATH, f"more than {OTHERS_AT_MOST} certificates came along")
    return _extended((licence,), (*known, *others), roots, _Budget())


class _Budget:
    def __init__(self) -> None:
        self._left = SIGNATURES_AT_MOST

    def spend(self) -> None:
        if self._left == 0:
            raise LicenceRefused(Rule.PATH, "the certificates make too many paths")
        self._left -= 1


def _extended(
    path: tuple[Certificate, ...],
    others: Sequence[Certificate],
    roots: Sequence[Certificate],
    budget: _Budget,
) -> Iterator[Path]:
    last = path[-1]
    if len(path) == LONGEST:
        return
    for issuer in (*roots, *others):
        if not _may_have_issued(issuer, last) or any(issuer.der == one.der for one in path):
            continue
        budget.spend()
        try:
            last.was_signed_by(issuer)
        except LicenceRefused:
            continue
        if any(issuer.der == root.der for root in roots):
            yield Path((*path, issuer))
        else:
            yield from _extended((*path, issuer), others, roots, budget)


def _may_have_issued(issuer: Certificate, subject: Certificate) -> bool:
    if issuer.subject != subject.issuer:
        return False
    named, held = subject.issuer_key_identifier, issuer.key_identifier
    return named is None or held is None or named == held


def why_there_is_none(
    licence: Certificate, others: Sequence[Certificate], roots: Sequence[Certificate]
) -> LicenceRefused:
    """In words that lead to the mistake."""
    if licence.is_self_issued:
        return LicenceRefused(Rule.PATH, "the certificate was issued by itself, and is not a licence")
    issuers = [one for one in (*roots, *others) if _may_have_issued(one, licence)]
    if not issuers:
        return LicenceRefused(Rule.PATH, "the issuer is not a configured root, and no certificate of it came")
    for issuer in issuers:
        try:
            licence.was_signed_by(issuer)
        except LicenceRefused as refused:
            problem = refused
        else:
            return LicenceRefused(
                Rule.PATH, f"the certificates end at no configured root within {LONGEST} certificates"
            )
    return problem


def is_valid_now(path: Path, asked: Asked) -> None:
    """RFC 5280 section 6.1.3 (a)(2); the root's time counts too."""
    for certificate in path.certificates:
        place = _place(path, certificate)
        if asked.now < certificate.not_before:
            raise LicenceRefused(
                Rule.VALIDITY, f"{place} is not valid before {certificate.not_before:%Y-%m-%d}"
            )
        if asked.now > certificate.not_after:
            raise LicenceRefused(Rule.VALIDITY, f"{place} has expired on {certificate.not_after:%Y-%m-%d}")


def authorities_may_issue(path: Path, _asked: Asked) -> None:
    """RFC 5280 section 6.1.4 (k) to (n), for all above the licence, the root included."""
    if path.licence.is_authority:
        raise LicenceRefused(Rule.AUTHORITIES, "the licence is the certificate of an authority")
    # Self-issued ones count, too, which is more than RFC 5280 section 6.1.4 (l) asks.
    for below, certificate in enumerate(path.certificates[1:]):
        place = _place(path, certificate)
        if not certificate.is_authority:
            raise LicenceRefused(Rule.AUTHORITIES, f"{place} is not an authority's")
        if certificate.usages is None or "key_cert_sign" not in certificate.usages:
            raise LicenceRefused(Rule.AUTHORITIES, f"{place} may not sign certificates")
        if certificate.path_length is not None and below > certificate.path_length:
            raise LicenceRefused(Rule.AUTHORITIES, f"{place} may not have so many authorities below it")


def extensions_are_understood(path: Path, _asked: Asked | None = None) -> None:
    """RFC 5280 section 4.2: an unrecognised critical extension MUST be refused."""
    for certificate in path.certificates:
        place = _place(path, certificate)
        for oid, name in NARROWING.items():
            if oid in certificate.extensions:
                raise LicenceRefused(Rule.EXTENSIONS, f"{place} has {name}, which are not processed here")
        if unknown := certificate.critical - UNDERSTOOD:
            raise LicenceRefused(
                Rule.EXTENSIONS, f"{place} has critical extensions: {', '.join(sorted(unknown))}"
            )


def purpose_is_to_sign(path: Path, asked: Asked) -> None:
    """RFC 5280 sections 4.2.1.3 and 4.2.1.12. An encryption certificate of the same holder fails here."""
    usages = path.licence.usages
    if usages is None or not usages & {"digital_signature", "content_commitment"}:
        raise LicenceRefused(Rule.PURPOSE, "the licence's key is not meant for signatures")
    if "key_cert_sign" in usages:
        raise LicenceRefused(Rule.PURPOSE, "the licence's key is meant to sign certificates")
    for certificate in path.below_root:
        allowed = asked.demands.purposes | ({ANY_PURPOSE} if certificate.is_authority else frozenset())
        if certificate.purposes is not None and not certificate.purposes & allowed:
            raise LicenceRefused(Rule.PURPOSE, f"{_place(path, certificate)} is meant for other purposes")


RULES: tuple[tuple[Rule, Callable[[Path, Asked], None]], ...] = (
    (Rule.VALIDITY, is_valid_now),
    (Rule.AUTHORITIES, authorities_may_issue),
    (Rule.EXTENSIONS, extensions_are_understood),
    (Rule.PURPOSE, purpose_is_to_sign),
)
"""Each raises LicenceRefused."""


def is_in_hardware(path: Path, demands: Demands) -> bool:
    """Whether a policy that says so is asserted all the way (RFC 5280 section 6.1.3 (d)).

    The licence itself must name it; an authority may name any policy instead.
    """
    authorities = path.certificates[1:-1]
    return any(
        all(policy in one.policies or ANY_POLICY in one.policies for one in authorities)
        for policy in path.licence.policies & demands.hardware_policies
    )


def _place(path: Path, certificate: Certificate) -> str:
    number = path.certificates.index(certificate)
    if number == 0:
        return "the licence"
    return "the root" if number == len(path.certificates) - 1 else f"authority {number} above the licence"
