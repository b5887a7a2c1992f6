"""Sign-ins with a licence app that came to nothing, by somebody's word."""

from idp.audit.fields import Code, Event, Identifier, event


@event
class LicenceRequestRefused(Event):
    """What a page had asked for; the address is that of who said so."""

    reason: Code
    """declined: by who began it. not_mine: by somebody who says that another began it, which may be fraud.
    digits: typed wrong too often on the page."""
    client_id: Identifier | None = None
