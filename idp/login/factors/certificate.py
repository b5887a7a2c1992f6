"""An electronic business licence as a factor: whatever carries it, one way to prove it.

Its key signs a challenge of ours (`LicenceChecks.challenge`), which is bound to what only this sign-in knows,
and good once. What a licence says must hold at this moment by the business register; see
`idp.business.licences` for the rules.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Final

from sqlalchemy.orm import Session, sessionmaker

from idp.business import organisations
from idp.business.licences.carriers import read_certificates
from idp.business.licences.challenges import Challenge
from idp.business.licences.checking import LEVEL_IN_HARDWARE, Presented
from idp.business.licences.findings import Licence
from idp.business.licences.opening import Licences
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.licences.standing import is_representative
from idp.people import directory
from idp.people.documents import IdentityDocument

METHOD: Final = "licence"
PURPOSE: Final = "sign-in"
"""What a challenge of a sign-in says that it is for: what is signed elsewhere signs nobody in."""
WAIT_SECONDS: Final = 3.0
"""For a turn; a licence may keep its own waiting for a responder of its authority."""


class Carrier(StrEnum):
    """How a licence comes; for the log."""

    APP = "app"
    SIGNATURE = "signature"
    AGENT = "agent"
    USB_KEY = "usb_key"


class LicencesBusy(Exception):
    """Too many are checked at once: try again in a moment."""


class NoLicences(Exception):
    """No authority's licences are taken here."""


@dataclass(frozen=True, slots=True, repr=False)
class LicenceProof:
    """A licence whose every rule has held, and whose holder's key was here at `at`."""

    holder: IdentityDocument
    holder_name: str | None
    """As the business register has it; None of a holder who is not the legal representative."""
    organisation_id: str
    level: int
    """4: the certificate's policy says that the key is in hardware. 2: nobody could say whether it was
    revoked, and the operator lets it pass. Otherwise 3."""
    key: str
    fingerprint: str
    """SHA-256 of the certificate, hexadecimal."""
    carrier: Carrier
    at: datetime
    nearness: str | None = None
    """Of a licence on a telephone, whether that called from the page's network: same, other or unknown."""

    @property
    def amr(self) -> tuple[str, ...]:
        """RFC 8176 section 2: possession of a key, and whether it is known to be in hardware."""
        return ("hwk" if self.level >= LEVEL_IN_HARDWARE else "swk", "pop")


class LicenceChecks:
    """Shared by threads."""

    def __init__(
        self, licences: Callable[[], Licences | None], reads: sessionmaker[Session], *, at_once: int
    ) -> None:
        """`licences`: whose register keeps what it is asked about (`idp.business.keeping`)."""
        self._licences = licences
        self._reads = reads
        self._turns = BoundedSemaphore(at_once)

    @property
    def are_offered(self) -> bool:
        return self._licences() is not None

    def challenge(self, bound_to: str, now: datetime) -> Challenge:
        """To be signed. `bound_to`: a secret of this sign-in, 128 random bits or more; the same goes into
        `prove`. Raises NoLicences, StoreUnavailable."""
        return self._open().challenges.issue(PURPOSE, bound_to, now)

    def prove(
        self, presented: Presented, bound_to: str, carrier: Carrier, *, now: datetime, shown: bytes = b""
    ) -> LicenceProof:
        """Asks all rules. The challenge is used up when nothing before it was wrong. Holds no transaction.

        `shown`: what stands before the challenge in what was signed, where its carrier shows more than that.
        Raises LicenceRefused by the first rule that does not hold, LicencesBusy, NoLicences,
        StoreUnavailable.
        """
        licences = self._open()

        def redeem(text: bytes) -> None:
            licences.challenges.redeem(text.removeprefix(shown), PURPOSE, bound_to, now)

        if presented.proof is None:
            raise LicenceRefused(Rule.SIGNATURE, "nothing was signed")
        with self._turn():
            today = directory.day_in_china(now)
            licence = licences.checker.examine(presented, redeem, now=now, today=today).accepted()
        return self._proof(licence, carrier, now)

    def _open(self) -> Licences:
        found = self._licences()
        if found is None:
            raise NoLicences
        return found

    def _proof(self, licence: Licence, carrier: Carrier, now: datetime) -> LicenceProof:
        registered, holder = licence.organisation, licence.subject.holder
        with self._reads() as session:
            organisation = organisations.find_by_code(session, registered.code)
        if organisation is None:
            raise AssertionError("the register keeps what it is asked about")
        representative = registered.representative
        holds_by_law = representative is not None and is_representative(registered, holder)
        return LicenceProof(
            holder=holder,
            holder_name=representative.name if representative is not None and holds_by_law else None,
            organisation_id=organisation.id,
            level=licence.level,
            key=licence.certificate.public_key.name,
            fingerprint=licence.certificate.fingerprint,
            carrier=carrier,
            at=now,
        )

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=WAIT_SECONDS):
            raise LicencesBusy
        try:
            yield
        finally:
            self._turns.release()


def fingerprint_of(presented: Presented) -> str | None:
    """For the log, of what was refused. None of what is no certificate."""
    with suppress(LicenceRefused):
        return read_certificates(presented.certificates)[0].fingerprint
    return None


def issuer_of(presented: Presented) -> str | None:
    """For the log, of what was refused: a digest of the name of who is said to have issued it."""
    with suppress(LicenceRefused):
        return sha256(read_certificates(presented.certificates)[0].issuer).hexdigest()
    return None
