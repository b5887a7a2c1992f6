"""Roles, and why an organisation is not added, as people read them."""

from collections.abc import Callable, Iterable, Mapping

from idp.business.credit_code import InvalidCode, Reason
from idp.locales import gettext as _
from idp.mandates.models import Role
from idp.oidc.acting.adding import Refusal

ROLES: Mapping[Role, Callable[[], str]] = {
    Role.LEGAL_REPRESENTATIVE: lambda: _("Legal representative"),
    Role.ADMINISTRATOR: lambda: _("Licence administrator"),
    Role.AGENT: lambda: _("Agent"),
    Role.RELATIVE: lambda: _("Relative or friend"),
    Role.GUARDIAN: lambda: _("Guardian"),
}
REFUSALS: Mapping[Refusal, Callable[[], str]] = {
    Refusal.NOT_NAMED: lambda: _(
        "By the business register you are not the legal representative of an organisation with this code."
    ),
    Refusal.NOT_ACTIVE: lambda: _(
        "By the business register this organisation is closed, for a time or for good. Nobody can act for it."
    ),
    Refusal.SILENT: lambda: _("The business register does not answer at the moment. Please try again later."),
    Refusal.TOO_OFTEN: lambda: _("You have asked for many organisations. Please try again in an hour."),
}
CODES: Mapping[Reason, Callable[[], str]] = {
    Reason.EMPTY: lambda: _("Enter the unified social credit code."),
    Reason.LENGTH: lambda: _("A unified social credit code has 18 characters. Please check it."),
    Reason.CHARACTERS: lambda: _("A code has digits and capital letters, but not I, O, S, V or Z."),
    Reason.REGION: lambda: _("The third to the eighth place of a code are digits. Please check it."),
    Reason.CHECK_CHARACTER: lambda: _(
        "The last character does not fit the others. Please check the code for a slip."
    ),
    Reason.FORMER_REGISTRATION_NUMBER: lambda: _(
        "This is a registration number of before October 2015. The code stands on the new licence."
    ),
    Reason.FORMER_ORGANISATION_CODE: lambda: _(
        "This is an organisation code of before, a part of the unified social credit code. Enter all of it."
    ),
    Reason.RESIDENT_NUMBER: lambda: _("This is a person's number, not an organisation's code."),
}


def of_code(invalid: InvalidCode) -> str:
    said = CODES[invalid.reason]()
    if invalid.suggestion is None:
        return said
    return said + " " + _("Did you mean %(code)s?", code=invalid.suggestion)


def matters(names: Mapping[str, Mapping[str, str]], codes: Iterable[str], locale: str) -> list[str]:
    """One whose file is gone is told by its code: it is still what was allowed."""
    return [names.get(code, {}).get(locale, code) for code in codes]
