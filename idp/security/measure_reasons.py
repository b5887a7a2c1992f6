"""Why a measure is taken or taken back, in words."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop
from idp.measures.kinds import Reason

REASONS: Final[Mapping[str, str]] = {
    Reason.ATTACK: gettext_noop("An attack is going on"),
    Reason.STOLEN: gettext_noop("Somebody else has the means of signing in"),
    Reason.FRAUD: gettext_noop("Fraud"),
    Reason.MISCONDUCT: gettext_noop("A client does what it may not"),
    Reason.ASKED: gettext_noop("Asked for by whom it concerns"),
    Reason.ORDER: gettext_noop("Order of a court or an authority"),
    Reason.PRECAUTION: gettext_noop("As a precaution"),
    Reason.SETTLED: gettext_noop("It is settled"),
    Reason.FALSE_ALARM: gettext_noop("It was a false alarm"),
    Reason.DISOWNED: gettext_noop("The person says that it was not them"),
    Reason.OTHER: gettext_noop("Another reason"),
}
