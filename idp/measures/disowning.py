"""A person says of a sign-in to their account: this was not me.

It is believed as far as it can do no harm. The session ends at once, and the grants that began in it;
officers get an alert with what they need to look further. Nothing that the person signs in with is touched,
since who says it may be the one who stole a session: a session has ended then, and its owner opens another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.measures import SignInDisowned
from idp.audit.events.signing_in import SignedIn
from idp.audit.recorded import Recorded
from idp.detection import alerts
from idp.detection.findings import Fact, Finding, Severity
from idp.detection.models import Alert
from idp.measures.kinds import Kind, Reason, SubjectKind
from idp.measures.subjects import MeasureRefused
from idp.measures.taking import Measures, Wanted
from idp.storage.base import new_id
from idp.storage.throttle import Throttle

RULE: Final = "person_reported"
BY: Final = "person"
"""As of `Measure.asked_by`."""
DAYS: Final = 90
"""Of so long ago a sign-in may be."""
COOL_DOWN: Final = timedelta()
"""A report after an alert was closed is a new one."""

Tell = Callable[[Session, Alert, datetime], None]


class TooOften(Exception):
    """This person has reported as many as are read in a day."""


@dataclass(frozen=True, slots=True)
class Disowned:
    has_ended: bool
    """A session was there, or a grant of it, and is not any more."""
    was_here: bool
    """It was the session in which they said so."""


@dataclass(frozen=True, slots=True, repr=False)
class Disowning:
    measures: Measures
    throttle: Throttle
    tell: Tell

    def disown(self, event: Recorded, *, by_session: str, context: AuditContext) -> Disowned:
        """`event`: of a sign-in of the person who says it, by `can_be_disowned`. `by_session`: the digest of
        the id of the session in which they say it. Raises TooOften."""
        if event.person_id is None:
            raise AssertionError("a sign-in is somebody's")
        limit = self.measures.rules.disowned_per_day
        if not self.throttle.allow(f"disowned {event.person_id}", limit, 86400):
            raise TooOften
        session_digest = event.fields.get("session_id")
        has_ended = self._end(event.person_id, session_digest, context)
        was_here = session_digest == by_session
        said = SignInDisowned(
            person_id=event.person_id,
            event_id=event.id,
            client_id=event.client_id,
            session_id=session_digest,
            device_seen=event.device,
            was_here=was_here,
            has_ended=has_ended,
        )
        with self.measures.sessions.begin() as session:
            said_id = audit.record(session, said, context=context)
            finding = _finding(event, said, said_id, by_session, context)
            alert, is_new = alerts.take(session, finding, context.at, cool_down=COOL_DOWN, context=context)
            if is_new:
                self.tell(session, alert, context.at)
        return Disowned(has_ended, was_here)

    def end_everything(self, person_id: str, *, context: AuditContext) -> str:
        """All sessions and grants of the person; the measure's id. Whoever calls it has had them prove anew
        who they are. Raises MeasureRefused."""
        wanted = _wanted(context, SubjectKind.PERSON, person_id, None)
        return self.measures.take(wanted, by=BY, context=context, at_once=True)

    def _end(self, person_id: str, session_digest: str | None, context: AuditContext) -> bool:
        if session_digest is None:
            return False
        wanted = _wanted(context, SubjectKind.SESSION, session_digest, person_id)
        try:
            self.measures.take(wanted, by=BY, context=context, at_once=True)
        except MeasureRefused:
            return False
        return True


def can_be_disowned(event: Recorded | None, person_id: str, now: datetime) -> bool:
    """A sign-in of that person's own account, not too long ago."""
    if event is None or event.name != SignedIn.name or event.person_id != person_id:
        return False
    return now - event.at < timedelta(days=DAYS)


def _wanted(context: AuditContext, kind: SubjectKind, subject: str, person_id: str | None) -> Wanted:
    return Wanted(new_id(context.at), Kind.END_SESSIONS, kind, subject, Reason.DISOWNED, person_id=person_id)


def _finding(
    event: Recorded, said: SignInDisowned, said_id: str, by_session: str, context: AuditContext
) -> Finding:
    facts: dict[str, Fact] = {
        "sign_in": event.id,
        "said_by_session": by_session,
        "was_here": int(said.was_here),
        "has_ended": int(said.has_ended),
    }
    seen = {"session": said.session_id, "client": event.client_id, "device": event.device}
    facts |= {name: value for name, value in {**seen, "address": event.address}.items() if value is not None}
    return Finding(
        rule=RULE,
        severity=Severity.HIGH,
        subject_kind="person",
        subject=said.person_id,
        first_at=event.at,
        last_at=context.at,
        count=1,
        event_ids=(event.id, said_id),
        facts=facts,
    )
