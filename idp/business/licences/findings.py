"""What an examination of a licence comes to: each rule's outcome, and the licence where all of them hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from idp.business.licences.certificates import Certificate
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.licences.subject import Subject
from idp.business.registry import RegisteredOrganisation

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Licence:
    """What was proved. The subject is silent in a `repr`."""

    subject: Subject
    organisation: RegisteredOrganisation
    """As the register had it at this moment."""
    level: int
    certificate: Certificate = field(repr=False)
    revocation_is_known: bool
    is_sandbox: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule's. `reason` is None where it holds."""

    rule: Rule
    reason: str | None


@dataclass(frozen=True, slots=True)
class Examination:
    """Every rule that could be asked, in order.

    `licence` is there only when all hold and a challenge was signed.
    """

    outcomes: tuple[Outcome, ...]
    licence: Licence | None

    @property
    def refused(self) -> LicenceRefused | None:
        """By the first rule that did not hold."""
        return next((LicenceRefused(one.rule, one.reason) for one in self.outcomes if one.reason), None)

    def accepted(self) -> Licence:
        """Raises LicenceRefused."""
        if self.licence is None:
            raise self.refused or LicenceRefused(Rule.SIGNATURE, "nothing was signed")
        return self.licence


class Asking:
    """Collects outcomes while rules are asked."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def ask(self, rule: Rule, question: Callable[[], Found]) -> Found | None:
        """The answer; None when it was a refusal, which may name a rule of its own."""
        try:
            found = question()
        except LicenceRefused as refused:
            self.outcomes.append(Outcome(refused.rule, refused.reason))
            return None
        self.outcomes.append(Outcome(rule, None))
        return found

    @property
    def all_hold(self) -> bool:
        return all(one.reason is None for one in self.outcomes)

    def done(self, licence: Licence | None = None) -> Examination:
        return Examination(tuple(self.outcomes), licence)
