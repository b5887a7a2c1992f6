"""What is done in a sandbox alone."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop

SENTENCES: Final[Mapping[str, str]] = {
    "sandbox_traffic_made": gettext_noop("Made-up events written into the log (sandbox)"),
    "sandbox_outcomes_chosen": gettext_noop("Outcomes of sign-ins forced for an app (sandbox)"),
    "sandbox_outcomes_ended": gettext_noop("Forced outcomes of an app switched off (sandbox)"),
    "sandbox_app_token_made": gettext_noop("Test token for an app made (sandbox)"),
    "sandbox_app_token_withdrawn": gettext_noop("Test token of an app withdrawn (sandbox)"),
    "sandbox_person_made": gettext_noop("Person made for one visitor (sandbox)"),
    "sandbox_person_removed": gettext_noop("Unused person of one visitor forgotten (sandbox)"),
}
