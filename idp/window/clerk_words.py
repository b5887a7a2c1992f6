"""What a clerk is told of whom they have named: enough to help, and nothing else of the account."""

from idp.locales import gettext as _
from idp.window.naming import Why


def why(reason: Why) -> str:
    words = {
        Why.OWN: _("This is your own card. A colleague has to help you."),
        Why.UNKNOWN: _(
            "Nobody with this number has an account here. With an activation code it can be opened now."
        ),
        Why.NAME_DIFFERS: _("The account with this number has another name. Compare both with the card."),
        Why.FROZEN: _("This account is frozen. The security desk knows why."),
        Why.DECEASED: _("The population register says that the holder of this number has died."),
        Why.CLOSED: _("This account was closed. With an activation code it can be opened again."),
        Why.UNVERIFIED: _(
            "This account was never bound to its person. With an activation code that can be done now."
        ),
    }
    return words[reason]
