"""From what an officer knows of somebody to the id by which the log knows them.

A number is asked for by POST alone, looked up through the blind index and dropped. What is typed wrong is
never shown again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from idp.audit.searching import Sought, Span
from idp.business import credit_code, organisations
from idp.business.credit_code import InvalidCode
from idp.china_time import CHINA_TIME
from idp.crypto.fields import BlindIndex
from idp.error_references import Cause, explain
from idp.people import directory, documents
from idp.people.resident_number import InvalidNumber
from idp.security.search.criteria import NOBODY
from idp.storage.ephemeral import EphemeralStore

AROUND: Final = timedelta(minutes=10)
"""Before and after an error: by then the events of its request were written."""
LONGEST: Final = 64


class NotReadable(ValueError):
    """What was typed is no number, no code or no reference."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What is behind an error reference, and where its events are."""

    cause: Cause
    span: Span

    def narrowed(self, sought: Sought) -> Sought:
        """To its request, where it is known, and its time, where no other is asked for."""
        span = self.span if sought.span == Span() else sought.span
        return replace(sought, span=span, request_id=self.cause.request_id or sought.request_id)

    def given(self) -> dict[str, str]:
        """The same as parameters of an address, for what outlives the reference. Times are China's, to the
        minute."""
        minute = timedelta(minutes=1)
        begin, end = (
            at.astimezone(CHINA_TIME) for at in (self.cause.at - AROUND, self.cause.at + AROUND + minute)
        )
        found = {"from": f"{begin:%Y-%m-%dT%H:%M}", "to": f"{end:%Y-%m-%dT%H:%M}"}
        return found | ({"request": self.cause.request_id} if self.cause.request_id else {})


def person_of(session: Session, index: BlindIndex, typed: str, now: datetime) -> str:
    """The id of whose number it is, or NOBODY. Raises NotReadable."""
    if len(typed) > LONGEST:
        raise NotReadable
    try:
        document = documents.identify(typed, directory.day_in_china(now))
    except InvalidNumber:
        raise NotReadable from None
    person = directory.find_by_number(session, index, document.number.value)
    return NOBODY if person is None else person.id


def organisation_of(session: Session, typed: str) -> str | None:
    """The id of the organisation with that unified social credit code. Raises NotReadable."""
    if len(typed) > LONGEST:
        raise NotReadable
    try:
        code = credit_code.parse(typed)
    except InvalidCode:
        raise NotReadable from None
    found = organisations.find_by_code(session, code.value)
    return None if found is None else found.id


def failure_of(store: EphemeralStore, reference: str) -> Failure | None:
    """None: no such reference, or it is too old."""
    cause = explain(store, reference) if len(reference) <= LONGEST else None
    if cause is None:
        return None
    return Failure(cause, Span(cause.at - AROUND, cause.at + AROUND))
