"""Cases in words of people."""

from collections.abc import Mapping
from typing import Final

from idp.cases.words import CaseKind, CaseStatus, Deed, Outcome
from idp.detection.findings import Severity
from idp.locales import gettext as _
from idp.locales import gettext_noop

KINDS: Final[Mapping[str, str]] = {
    CaseKind.ACCOUNT_ATTACK: gettext_noop("Attack on accounts"),
    CaseKind.FALSE_IDENTITY: gettext_noop("Somebody passes for another person"),
    CaseKind.CLIENT_MISUSE: gettext_noop("App that does what it may not"),
    CaseKind.STAFF_CONDUCT: gettext_noop("Conduct of staff"),
    CaseKind.REPORTED: gettext_noop("Reported by a person"),
    CaseKind.OTHER: gettext_noop("Something else"),
}
SEVERITIES: Final[Mapping[str, str]] = {
    Severity.CRITICAL: gettext_noop("critical"),
    Severity.HIGH: gettext_noop("high"),
    Severity.MEDIUM: gettext_noop("medium"),
    Severity.LOW: gettext_noop("low"),
}
"""The gravest first."""
STATUSES: Final[Mapping[str, str]] = {
    CaseStatus.OPEN: gettext_noop("in work"),
    CaseStatus.WAITING: gettext_noop("waits for an answer"),
    CaseStatus.CLOSED: gettext_noop("over"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    Outcome.CONFIRMED_ATTACK: gettext_noop("An attack"),
    Outcome.CONFIRMED_MISUSE: gettext_noop("Misuse"),
    Outcome.HARMLESS: gettext_noop("It happened, and is harmless"),
    Outcome.FALSE_ALARM: gettext_noop("False alarm: it did not happen"),
    Outcome.REFERRED: gettext_noop("Somebody else goes on with it"),
    Outcome.UNRESOLVED: gettext_noop("Not found out"),
}
DEEDS: Final[Mapping[str, str]] = {
    Deed.OPENED: gettext_noop("opened the case"),
    Deed.ASSIGNED: gettext_noop("gave it to"),
    Deed.LAID_DOWN: gettext_noop("laid it down for anybody to take"),
    Deed.NOTED: gettext_noop("wrote a note"),
    Deed.WAITING: gettext_noop("set it to wait for an answer"),
    Deed.RESUMED: gettext_noop("went on with it"),
    Deed.GRADED: gettext_noop("changed how grave it is:"),
    Deed.SUBJECT_ADDED: gettext_noop("added whom or what it is about:"),
    Deed.ALERT_ADDED: gettext_noop("added an alert"),
    Deed.MEASURE_TAKEN: gettext_noop("took a measure"),
    Deed.CLOSED: gettext_noop("closed it:"),
    Deed.REOPENED: gettext_noop("opened it again"),
}
SUBJECTS: Final[Mapping[str, str]] = {
    "person": gettext_noop("Person"),
    "client": gettext_noop("App"),
    "address": gettext_noop("Network address"),
    "device": gettext_noop("Device"),
    "session": gettext_noop("Sign-in session"),
    "staff": gettext_noop("Member of staff"),
    "issuer": gettext_noop("Issuer of licences"),
    "organisation": gettext_noop("Organisation"),
    "log": gettext_noop("The audit log"),
}
FACTS: Final[Mapping[str, str]] = {
    "values": gettext_noop("How many different ones"),
    "against": gettext_noop("Events that speak for them"),
    "asked_from": gettext_noop("Asked from"),
    "kilometres": gettext_noop("Kilometres apart"),
    "minutes": gettext_noop("Minutes between"),
    "from": gettext_noop("From"),
    "to": gettext_noop("To"),
}
"""Of alerts: what a rule's kind can tell."""


def words(table: Mapping[str, str], code: str) -> str:
    """What nobody has put into words is shown as it is."""
    found = table.get(code)
    return code if found is None else _(found)


def choices(table: Mapping[str, str]) -> list[tuple[str, str]]:
    """For a form: each code with its words."""
    return [(str(code), _(text)) for code, text in table.items()]


def why_not(reason: str) -> str:
    """Why something of a case was refused."""
    refusals = {
        "unknown": _("There is no such case."),
        "closed": _("The case is over. Open it again first."),
        "not_closed": _("The case is in work already."),
        "own": _("It is about yourself: another officer has to see to it."),
        "officer": _("It can be given to a security officer alone, and not to one whom it is about."),
        "subject": _("An id of this kind is needed: no name and no number of a person."),
        "outcome": _("Say what it was."),
        "alert": _("There is no such alert, or it is in another case that is not over."),
        "text": _("Write between 1 and 4,000 characters."),
        "full": _("No more fits into this case: close it, and open another one."),
    }
    return refusals[reason]
