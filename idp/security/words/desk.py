"""What the desk of the security staff did with alerts, cases and rules."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop

SENTENCES: Final[Mapping[str, str]] = {
    "alert_raised": gettext_noop("Alert raised"),
    "alert_status_changed": gettext_noop("Alert taken up, closed or opened again"),
    "case_opened": gettext_noop("Case opened"),
    "case_assigned": gettext_noop("Case given to an officer"),
    "case_noted": gettext_noop("Note written in a case"),
    "case_graded": gettext_noop("Gravity of a case changed"),
    "case_set_waiting": gettext_noop("Case waits for an answer"),
    "case_resumed": gettext_noop("Case goes on"),
    "case_subject_added": gettext_noop("Case is about another one, too"),
    "case_alert_added": gettext_noop("Alert added to a case"),
    "case_closed": gettext_noop("Case closed"),
    "case_reopened": gettext_noop("Case opened again"),
    "rule_tried": gettext_noop("Rule tried on past events"),
}
