"""One after the other: whoever changes the mandates of an organisation, or of a person, holds its row.

So limits are counted and ladders looked at while nobody else grants or ends. The lock does not hinder foreign
keys from being checked, and comes before that of any mandate. The register's answers lock the same row.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.business.models import Organisation
from idp.mandates.models import Mandate, MandateInvitation
from idp.people.models import Person


def lock_organisation(session: Session, organisation_id: str) -> None:
    """Until the end of the transaction, as below."""
    query = select(Organisation.id).where(Organisation.id == organisation_id)
    session.execute(query.with_for_update(key_share=True))


def lock_principal(session: Session, person_id: str) -> None:
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def lock_of(session: Session, row: Mandate | MandateInvitation) -> None:
    """The row whose mandates this one is, or would be, among; then `row` is read anew."""
    if row.organisation_id is not None:
        lock_organisation(session, row.organisation_id)
    elif row.principal_id is not None:
        lock_principal(session, row.principal_id)
    session.refresh(row, with_for_update=True)
