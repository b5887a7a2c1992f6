"""What the security staff did, and what people say of their own sign-ins."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop

SENTENCES: Final[Mapping[str, str]] = {
    "measure_asked": gettext_noop("Measure asked for that takes two officers"),
    "measure_declined": gettext_noop("Measure not taken"),
    "measure_taken": gettext_noop("Measure taken"),
    "measure_finished": gettext_noop("Measure carried out to its end"),
    "measure_undone": gettext_noop("Measure undone"),
    "blocked_refused": gettext_noop("Kept out: the range of addresses is blocked"),
    "sign_in_disowned": gettext_noop("Person says of a sign-in that it was not them"),
}
