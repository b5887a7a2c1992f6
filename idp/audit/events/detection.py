"""What the rules of detection found in the log, and what was made of it."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class AlertRaised(Event):
    """A rule found something of a subject, of which no alert was open."""

    alert_id: Identifier
    rule: Code
    """The rule's name, in `config/rules`."""
    severity: Code
    """low, medium, high or critical."""
    subject_kind: Code
    """person, client, address, device, staff, issuer or organisation."""
    count: int
    """How many events it rests on."""
    person_id: PersonId | None = None
    """Of whom, where it is a person."""
    client_id: Identifier | None = None
    """Of which, where it is a client."""


@event
class AlertStatusChanged(Event):
    """An officer took an alert up, closed it, or opened it again."""

    alert_id: Identifier
    rule: Code
    """As in `alert_raised`."""
    status: Code
    """open, acknowledged or closed."""
    case_id: Identifier | None = None
    """The case that it belongs to, if any."""
    outcome: Code | None = None
    """What it was, of one that was closed: confirmed_attack, confirmed_misuse, false_alarm, harmless,
    referred or unresolved."""


@event
class RuleTried(Event):
    """A rule was tried on what the log holds; no alert came of it."""

    rule: Code
    """As in `alert_raised`."""
    begin: int | None
    """Unix seconds, from which on; absent: from the first event."""
    end: int | None
    """Unix seconds, up to and without; absent: up to the last."""
    events: int
    """How many were read."""
    findings: int
    """How many there would have been."""
    threshold: int | None = None
    """Another one than the rule's, for this trial; absent: the rule's own."""
