"""Why a password cannot be chosen, in words."""

from idp.locales import gettext as _
from idp.people.password_rules import LONGEST_CHARACTERS, SHORTEST_CHARACTERS, WeakPassword


def of(problem: WeakPassword) -> str:
    if problem is WeakPassword.TOO_SHORT:
        return _("The password needs at least %(count)s characters.", count=SHORTEST_CHARACTERS)
    if problem is WeakPassword.TOO_LONG:
        return _("The password may have at most %(count)s characters.", count=LONGEST_CHARACTERS)
    if problem is WeakPassword.PERSONAL:
        return _(
            "The password contains something of your ID number, birth date or phone. Choose another one."
        )
    return _("This password is among those that are guessed first. Choose another one.")
