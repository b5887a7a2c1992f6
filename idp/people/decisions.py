"""What a proved binding leads to: pure, from what the register says and what account there is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from idp.people.enrolment import Refusal, Way
from idp.people.models import PersonStatus
from idp.people.registry.contract import Answer


class Act(StrEnum):
    """What is done with the account once the binding is proved."""

    CREATE = "create"
    CLAIM = "claim"
    REOPEN = "reopen"
    """A closed person, or one whom the register held for dead by mistake: the same row, the same `sub`."""
    REFUSE = "refuse"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Decision:
    act: Act
    level: int = 0
    refusal: Refusal | None = None


_REFUSED_BY_REGISTER: Final = {
    Answer.MISMATCH: Refusal.NAME_DIFFERS,
    Answer.UNKNOWN: Refusal.NOT_IN_REGISTER,
    Answer.DECEASED: Refusal.DECEASED,
}
_ACT_ON: Final = {
    None: Act.CREATE,
    PersonStatus.ACTIVE: Act.CLAIM,
    PersonStatus.CLOSED: Act.REOPEN,
    PersonStatus.REENROL: Act.REOPEN,
    PersonStatus.DECEASED: Act.REOPEN,
}


def decide(register: Answer, status: PersonStatus | None, way: Way) -> Decision:
    """After a binding that reaches level 2. `status`: of the account that has this number, if any.

    The register's phone verifies who opens an account. Into one that is there already it is a text message
    alone, and operators give numbers away before the register hears of it: level 1, and nothing reopens.
    """
    if register is Answer.UNAVAILABLE:
        return Decision(Act.LATER)
    if refusal := _REFUSED_BY_REGISTER.get(register):
        return Decision(Act.REFUSE, refusal=refusal)
    if status is PersonStatus.FROZEN:
        return Decision(Act.REFUSE, refusal=Refusal.FROZEN)
    act = _ACT_ON[status]
    if way is Way.REGISTER_PHONE and act is Act.REOPEN:
        return Decision(Act.REFUSE, refusal=Refusal.NOT_CONFIRMED)
    return Decision(act, level=1 if way is Way.REGISTER_PHONE and act is Act.CLAIM else 2)


def decide_by_phone(*, is_the_accounts: bool, name_agrees: bool, status: PersonStatus | None) -> Decision:
    """After a text message alone: into an active account, at level 1, or one neutral no."""
    if is_the_accounts and name_agrees and status is PersonStatus.ACTIVE:
        return Decision(Act.CLAIM, level=1)
    return Decision(Act.REFUSE, refusal=Refusal.NOT_CONFIRMED)
