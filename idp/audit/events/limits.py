"""Apps that asked for more than they may."""

from idp.audit.fields import Code, Event, Identifier, event


@event
class ClientLimited(Event):
    """A client has used up what it may ask in a minute, or in a day, and was refused.

    Written once an hour.
    """

    client_id: Identifier
    what: Code
    """requests, sign-ins, messages."""
    limit: int
    where: Code
    """The endpoint that refused it."""


@event
class ClientLimitSet(Event):
    """The operator allows a client more or less than others; nothing: as much as others."""

    client_id: Identifier
    limit_class: Code | None = None
    requests_per_minute: int | None = None
    sign_ins_per_day: int | None = None
    messages_per_day: int | None = None
