"""Why something about a mandate was not done, in words; of people's pages and of organisations'."""

from typing import Final

from idp.locales import gettext as _
from idp.mandates.refusing import Refusal

WORDS: Final = {
    Refusal.NOT_FOUND: lambda: _("There is no such invitation or right any more."),
    Refusal.NOT_YOURS: lambda: _("This rests on what a register says, so it cannot be ended here."),
    Refusal.NO_STANDING: lambda: _(
        "Whoever invited you cannot give this any more. Ask them to invite you anew."
    ),
    Refusal.LEVEL: lambda: _("Show first that it is you."),
    Refusal.LIMIT: lambda: _("There are as many people as there may be, with those who were invited."),
    Refusal.TOO_DEEP: lambda: _("This cannot be passed on any further."),
    Refusal.MATTERS: lambda: _("Choose what they may do, of what is offered here."),
    Refusal.TOO_LONG: lambda: _("Choose a day between the first and the last that are possible."),
    Refusal.ALREADY_INVITED: lambda: _("You have invited this person already."),
    Refusal.ALREADY_HELD: lambda: _("You may act for them already."),
    Refusal.ONESELF: lambda: _("This is you: nobody is their own representative."),
    Refusal.OF_AGE: lambda: _("They are old enough to sign in for themselves."),
    Refusal.TOO_MANY_INVITATIONS: lambda: _("Too many invitations today. Please try again tomorrow."),
    Refusal.NOT_ACTIVE: lambda: _("The organisation is not active, as the business register says."),
    Refusal.ACCEPTANCE_LEVEL: lambda: _("This level cannot be chosen."),
}
FIELDS: Final = {
    Refusal.ONESELF: "number",
    Refusal.ALREADY_INVITED: "number",
    Refusal.MATTERS: "matters",
    Refusal.TOO_LONG: "until",
}
"""The field of a form of invitation that a refusal is about; others are about the whole."""


def of(refusal: Refusal) -> str:
    return WORDS[refusal]()


def shown(refusal: Refusal) -> dict[str, object]:
    """As an error of a field, or of the page."""
    field = FIELDS.get(refusal)
    return {"error": of(refusal)} if field is None else {"errors": {field: of(refusal)}}
