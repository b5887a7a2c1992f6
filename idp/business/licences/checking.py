"""All rules, one after another: what a licence proves, or what is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from idp.business.licences.algorithms import OF_CHALLENGES, Algorithm, Family
from idp.business.licences.carriers import SIGNATURE_BYTES_AT_MOST, read_certificates
from idp.business.licences.certificates import Certificate
from idp.business.licences.findings import Asking, Examination, Licence
from idp.business.licences.path import (
    RULES,
    Asked,
    Demands,
    Path,
    find_paths,
    is_in_hardware,
    why_there_is_none,
)
from idp.business.licences.public_keys import PublicKey
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.licences.revocation import Revocation, Status
from idp.business.licences.roots import is_sandbox
from idp.business.licences.standing import MayHold, confirm, is_representative
from idp.business.licences.subject import Places, Subject, read_subject
from idp.business.registry import BusinessRegister

WhenUnknown = Literal["refuse", "accept_lower"]

LEVEL_IN_HARDWARE: Final = 4
LEVEL: Final = 3
LEVEL_UNKNOWN: Final = 2
"""Of a licence of which nobody could say whether it was revoked, where the operator lets it pass."""

# RSA signs in two ways, so its carrier says which; of the others each key signs in one.
OF_KEYS: Final = {
    "ecdsa-p256": ("ecdsa-sha256",),
    "ecdsa-p384": ("ecdsa-sha384",),
    "sm2": ("sm2-sm3",),
}
OF_RSA: Final = ("rsa-pkcs1-sha256", "rsa-pss-sha256")


@dataclass(frozen=True, slots=True)
class Proof:
    """A signature over a challenge, as it was handed over."""

    challenge: bytes
    signature: bytes
    """DER of ECDSA or SM2, or the bytes of RSA."""
    algorithm: str | None = None
    """A name of OF_CHALLENGES. None: the first that the key makes."""


@dataclass(frozen=True, slots=True)
class OverTls:
    """The key was shown by a TLS handshake that ended in our proxy (RFC 8446 section 4.4.3), which handed the
    certificate over. That it was for this sign-in, and once, the caller has seen to."""


@dataclass(frozen=True, slots=True)
class Presented:
    """What a business hands over, unchecked."""

    certificates: bytes
    """The licence, in DER or PEM; in PEM those of its authorities may follow."""
    chain: bytes | None = None
    """Certificates of authorities, where they come apart."""
    proof: Proof | OverTls | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What this provider asks of licences: its settings, made ready."""

    roots: tuple[Certificate, ...]
    authorities: tuple[Certificate, ...]
    """Below the roots, and not trusted: they need not come along with a licence."""
    demands: Demands
    places: Places
    when_revocation_is_unknown: WhenUnknown
    sandbox: bool


Redeem = Callable[[bytes], None]
"""Uses up a challenge. Raises LicenceRefused."""


class Checker:
    """Shared by threads."""

    def __init__(
        self,
        policy: Policy,
        revocation: Revocation,
        register: BusinessRegister,
        may_hold: MayHold = is_representative,
    ) -> None:
        self._policy = policy
        self._revocation = revocation
        self._register = register
        self._may_hold = may_hold

    def examine(self, presented: Presented, redeem: Redeem, *, now: datetime, today: date) -> Examination:
        """Asks all rules that can be asked, so that one look shows what is wrong.

        The order protects: no challenge is used up and nothing is fetched for what fails before. A sign-in
        always hands over a proof; without one a certificate can be looked at, and no licence is found.
        Raises StoreUnavailable.
        """
        asking = Asking()
        read = asking.ask(Rule.READABLE, lambda: _read(presented))
        if read is None:
            return asking.done()
        certificate, others = read
        subject = asking.ask(Rule.SUBJECT, lambda: self._subject(certificate, today))
        path = asking.ask(Rule.PATH, lambda: self._path(certificate, others, now))
        if path is not None:
            self._ask_of_path(asking, path, now)
        proof = presented.proof
        if isinstance(proof, Proof):
            asking.ask(Rule.SIGNATURE, lambda: _verify(certificate.public_key, proof))
        if isinstance(proof, Proof) and asking.all_hold:
            asking.ask(Rule.CHALLENGE, lambda: redeem(proof.challenge))
        if path is None or subject is None or not asking.all_hold:
            return asking.done()
        is_known = asking.ask(Rule.REVOCATION, lambda: self._is_known_as_good(path, now))
        organisation = asking.ask(Rule.REGISTER, lambda: confirm(subject, self._register, self._may_hold))
        if is_known is None or organisation is None or proof is None:
            return asking.done()
        level = LEVEL_IN_HARDWARE if is_in_hardware(path, self._policy.demands) else LEVEL
        return asking.done(
            Licence(
                subject=subject,
                organisation=organisation,
                level=level if is_known else LEVEL_UNKNOWN,
                certificate=certificate,
                revocation_is_known=is_known,
                is_sandbox=is_sandbox(path),
            )
        )

    def _ask_of_path(self, asking: Asking, path: Path, now: datetime) -> None:
        asked = Asked(self._policy.demands, now)
        for rule, hold in RULES:
            asking.ask(rule, lambda hold=hold: hold(path, asked))  # type: ignore[misc]
        asking.ask(Rule.SANDBOX, lambda: self._is_of_this_place(path))

    def _path(self, certificate: Certificate, others: Sequence[Certificate], now: datetime) -> Path:
        """The first path on which all rules hold, else the first: where authorities certify each other, two
        paths may lead to roots, and one of them may be closed. Raises LicenceRefused."""
        first = None
        for path in find_paths(certificate, others, self._policy.roots, self._policy.authorities):
            first = first or path
            try:
                for _rule, hold in RULES:
                    hold(path, Asked(self._policy.demands, now))
            except LicenceRefused:
                continue
            return path
        if first is None:
            raise why_there_is_none(certificate, (*others, *self._policy.authorities), self._policy.roots)
        return first

    def _subject(self, certificate: Certificate, today: date) -> Subject:
        found = read_subject(certificate, self._policy.places, today)
        if not self._policy.sandbox and (found.code.is_sandbox or found.holder.number.is_sandbox):
            raise LicenceRefused(Rule.SUBJECT, "the licence names the sandbox's organisations or people")
        return found

    def _is_of_this_place(self, path: Path) -> None:
        if is_sandbox(path) and not self._policy.sandbox:
            raise LicenceRefused(Rule.SANDBOX, "the licence is one of a sandbox")

    def _is_known_as_good(self, path: Path, now: datetime) -> bool:
        """False: nobody could say, and the operator lets it pass. Raises LicenceRefused."""
        finding = self._revocation.of_path(path, now)
        if finding.status is Status.REVOKED:
            raise LicenceRefused(Rule.REVOKED, finding.said)
        if finding.status is Status.UNKNOWN and self._policy.when_revocation_is_unknown == "refuse":
            raise LicenceRefused(Rule.REVOCATION, finding.said)
        return finding.status is Status.GOOD


def _read(presented: Presented) -> tuple[Certificate, tuple[Certificate, ...]]:
    certificate, *others = read_certificates(presented.certificates)
    more = read_certificates(presented.chain) if presented.chain else ()
    return certificate, (*others, *more)


def _verify(key: PublicKey, proof: Proof) -> None:
    """Raises LicenceRefused. What the carrier says never widens what the key may have made."""
    if len(proof.signature) > SIGNATURE_BYTES_AT_MOST:
        raise LicenceRefused(Rule.SIGNATURE, "the signature is too long")
    key.verify(_algorithm(key, proof.algorithm), proof.challenge, proof.signature, Rule.SIGNATURE)


def _algorithm(key: PublicKey, said: str | None) -> Algorithm:
    made = OF_RSA if key.family is Family.RSA else OF_KEYS[key.name]
    name = said or made[0]
    if name not in made:
        raise LicenceRefused(Rule.SIGNATURE, f"a key of {key.name} signs by {' or '.join(made)} alone")
    return OF_CHALLENGES[name]
