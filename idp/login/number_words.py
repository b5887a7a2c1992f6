"""Why an ID number cannot be right, in words. It follows from what was typed, never from who it is."""

from idp.locales import gettext as _
from idp.people.resident_number import Reason


def of(reason: Reason) -> str:
    if reason is Reason.EMPTY:
        return _("Enter your ID number.")
    if reason in (Reason.LENGTH, Reason.CHARACTERS):
        return _("An ID number has 18 characters (15 on old cards). Please check it.")
    if reason is Reason.CHECK_CHARACTER:
        return _("The last character does not fit the others. Please check the number for a slip.")
    return _("The birth date in this number cannot be right. Please check the number for a slip.")
