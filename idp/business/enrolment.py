"""How an organisation becomes known here: by what the business register says of it, and nobody else."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.business.credit_code import CreditCode
from idp.business.organisations import Kept, Organisations
from idp.business.registry import BusinessRegister


class NotRegistered(Exception):
    """The register knows no organisation by this code."""


def enrol(
    sessions: sessionmaker[Session],
    register: BusinessRegister,
    organisations: Organisations,
    code: CreditCode,
    *,
    clock: Callable[[], datetime],
    actor: str | None,
) -> Kept:
    """Ask the register, and keep what it says: also of an organisation that is known already.

    Whatever its status: who lets somebody act for it looks at that. `actor`: for the log, when it is not the
    organisation's own sign-in. Raises NotRegistered, RegisterUnavailable.
    """
    asked_at = clock()
    registered = register.look_up(code.value)
    context = AuditContext(clock(), actor=actor)
    with sessions.begin() as session:
        if registered is not None:
            return organisations.keep(session, registered, asked_at=asked_at, context=context)
        # Known or not, the answer is the same to whoever asked; what was known is marked.
        organisations.note_missing(session, code.value, asked_at=asked_at, context=context)
    raise NotRegistered
