"""Doing something to a mandate from a page: one transaction, and a refusal that is an event."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.extensions import services, transaction
from idp.login.circumstances import context
from idp.mandates.refusing import noting
from idp.sessions import SignIn


@contextmanager
def deed(act: str, signed_in: SignIn) -> Iterator[tuple[Session, AuditContext]]:
    """Committed at the end of the block. `act`: as the log calls it. Raises MandateRefused, noted by then."""
    found = services()
    circumstances = context(found.clock())
    with noting(found.audit.append, act, signed_in.person_id, circumstances), transaction() as session:
        yield session, circumstances
