"""Cases of the security staff. The officer is the actor; what they wrote is not in the log."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class CaseOpened(Event):
    """A case was opened. It is given to whoever opens it."""

    case_id: Identifier
    kind: Code
    """account_attack, false_identity, client_misuse, staff_conduct, reported or other."""
    severity: Code


@event
class CaseAssigned(Event):
    """A case was given to an officer."""

    case_id: Identifier
    staff_id: Identifier | None
    """Who has it now; absent: nobody."""


@event
class CaseNoted(Event):
    """An officer wrote a note in a case."""

    case_id: Identifier
    note_id: Identifier
    """Of the note, whose words are sealed in the case."""


@event
class CaseGraded(Event):
    """A case is graver, or less grave, than it was taken for."""

    case_id: Identifier
    severity: Code
    """From here on."""


@event
class CaseSetWaiting(Event):
    """A case waits for an answer from outside."""

    case_id: Identifier


@event
class CaseResumed(Event):
    """A case that waited goes on."""

    case_id: Identifier


@event
class CaseSubjectAdded(Event):
    """A case is about this one, too."""

    case_id: Identifier
    kind: Code
    """person, client, address, device, session, staff, issuer or organisation."""
    person_id: PersonId | None = None
    """Whom it is about; absent: not a person."""
    client_id: Identifier | None = None
    """Whom it is about; absent: not a client."""
    subject: Identifier | Code | None = None
    """What else it is about."""


@event
class CaseAlertAdded(Event):
    """An alert belongs to a case from here on."""

    case_id: Identifier
    alert_id: Identifier


@event
class CaseClosed(Event):
    """A case is over."""

    case_id: Identifier
    outcome: Code
    """confirmed_attack, confirmed_misuse, false_alarm, harmless, referred or unresolved."""


@event
class CaseReopened(Event):
    """There is more to a case than was thought when it was closed."""

    case_id: Identifier
