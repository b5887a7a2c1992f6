"""The business register, with what it answers kept: whoever looks an organisation up makes it known here, or
what is known of it true again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from idp.business import credit_code
from idp.business.enrolment import NotRegistered, enrol
from idp.business.organisations import Organisations
from idp.business.registry import BusinessRegister, RegisteredOrganisation


@dataclass(frozen=True, slots=True)
class KeepingRegister:
    """Keeps the contract of the register that it asks. Call it while no transaction is held."""

    register: BusinessRegister
    sessions: sessionmaker[Session]
    organisations: Organisations
    clock: Callable[[], datetime]

    def look_up(self, code: str) -> RegisteredOrganisation | None:
        """Raises RegisterUnavailable; then what is known stays as it is."""
        asked_at = self.clock()
        answer = self.register.look_up(code)
        try:
            enrol(
                self.sessions,
                _Answered(answer),
                self.organisations,
                credit_code.parse(code),
                clock=lambda: asked_at,
                actor=None,
            )
        except NotRegistered:
            return None
        return answer


@dataclass(frozen=True, slots=True)
class _Answered:
    answer: RegisteredOrganisation | None

    def look_up(self, code: str) -> RegisteredOrganisation | None:
        return self.answer
