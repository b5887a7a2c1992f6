"""Measures in words of people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from idp.locales import gettext as _
from idp.locales import gettext_noop
from idp.measures.kinds import Kind, State, SubjectKind
from idp.measures.models import Measure

Deed = tuple[Kind, SubjectKind]
END, FREEZE, REENROL, BLOCK = Kind.END_SESSIONS, Kind.FREEZE, Kind.REENROL, Kind.BLOCK
SESSION, PERSON, ORGANISATION, CLIENT, ADDRESS = SubjectKind

DEEDS: Final[Mapping[Deed, str]] = {
    (END, SESSION): gettext_noop("End one session"),
    (END, PERSON): gettext_noop("End all sessions of a person"),
    (END, CLIENT): gettext_noop("End everything at a client"),
    (END, ADDRESS): gettext_noop("End all sessions from a range of addresses"),
    (FREEZE, PERSON): gettext_noop("Freeze a person's account"),
    (FREEZE, ORGANISATION): gettext_noop("Freeze an organisation"),
    (FREEZE, CLIENT): gettext_noop("Freeze a client"),
    (REENROL, PERSON): gettext_noop("Have a person prove anew who they are"),
    (BLOCK, ADDRESS): gettext_noop("Block a range of addresses"),
}
WHAT_HAPPENS: Final[Mapping[Deed, str]] = {
    (END, SESSION): gettext_noop(
        "The session ends, and the grants that began in it. Its clients are told. It cannot be undone; the "
        "person may sign in again."
    ),
    (END, PERSON): gettext_noop(
        "All sessions of the person end, and all grants with offline access. Their clients are told. It "
        "cannot be undone; the person may sign in again."
    ),
    (END, CLIENT): gettext_noop(
        "Everything that the client holds ends: codes, access tokens, refresh tokens, for everybody. It is "
        "told of each session. People stay signed in here, and come back to the client without being asked "
        "unless it is frozen as well. Servers that check its tokens by themselves learn of it when these "
        "expire, ten minutes later at most."
    ),
    (END, ADDRESS): gettext_noop(
        "Every session whose last proof came from this range ends, and the grants that began in it. Clients "
        "are told. It cannot be undone; people may sign in again."
    ),
    (FREEZE, PERSON): gettext_noop(
        "The person signs in nowhere, all their sessions end and their clients are told; nobody acts for "
        "others by a mandate of theirs. Grants open nothing meanwhile and are there again after a thaw."
    ),
    (FREEZE, ORGANISATION): gettext_noop(
        "Nobody acts for the organisation, whatever the business register says, and nobody signs in with its "
        "licence. Clients where somebody acts for it are told. Mandates are there again after a thaw; "
        "sessions and grants that rest on them are not."
    ),
    (FREEZE, CLIENT): gettext_noop(
        "Everything that the client asks is refused, and its tokens open nothing here. It is told that "
        "sessions are over. Nobody signs in there until it is thawed; grants are there again then."
    ),
    (REENROL, PERSON): gettext_noop(
        "Password, passkeys, phone, e-mail address and what is kept of the face are removed, all sessions "
        "and grants end. The person proves who they are as on the first day, and is known to all portals as "
        "before. It cannot be undone."
    ),
    (BLOCK, ADDRESS): gettext_noop(
        "Nobody begins a sign-in, an enrolment or a request of a public client from this range until the "
        "time is over. Who is signed in already stays so: end the sessions of the range for that."
    ),
}
SHORT: Final[Mapping[Deed, str]] = {
    (END, SESSION): gettext_noop("End the session"),
    (END, PERSON): gettext_noop("End the sessions"),
    (END, CLIENT): gettext_noop("End everything"),
    (END, ADDRESS): gettext_noop("End the sessions"),
    (FREEZE, PERSON): gettext_noop("Freeze"),
    (FREEZE, ORGANISATION): gettext_noop("Freeze"),
    (FREEZE, CLIENT): gettext_noop("Freeze"),
    (REENROL, PERSON): gettext_noop("Require it"),
    (BLOCK, ADDRESS): gettext_noop("Block"),
}
"""On the button."""
SUBJECTS: Final[Mapping[str, str]] = {
    SESSION: gettext_noop("Session"),
    PERSON: gettext_noop("Person"),
    ORGANISATION: gettext_noop("Organisation"),
    CLIENT: gettext_noop("Client"),
    ADDRESS: gettext_noop("Addresses"),
}
STATES: Final[Mapping[str, str]] = {
    State.WAITING: gettext_noop("Waits for a second officer"),
    State.REFUSED: gettext_noop("Refused"),
    State.LAPSED: gettext_noop("Nobody agreed in time"),
    State.WORKING: gettext_noop("In force, being carried out"),
    State.STANDING: gettext_noop("In force"),
    State.DONE: gettext_noop("Done"),
    State.UNDONE: gettext_noop("Undone"),
    State.OVER: gettext_noop("Over"),
}
REFUSALS: Final[Mapping[str, str]] = {
    "unknown": gettext_noop("There is nobody and nothing with this id."),
    "malformed": gettext_noop(
        "This is no id, or no address and no range such as 203.0.113.0/24. A person is named by the id that "
        "the log has, never by a number."
    ),
    "too_wide": gettext_noop("The range is too wide: /16 at most, for IPv6 /32."),
    "own_address": gettext_noop("Your own address lies in this range: you would keep yourself out."),
    "needed": gettext_noop("This range is needed: a proxy, a gateway or this machine lies in it."),
    "too_many": gettext_noop("Too many ranges are blocked. Undo some first."),
    "until": gettext_noop("Say for how long, within what the settings allow."),
    "form": gettext_noop("It was opened a while ago or in another window. Reload the page and try again."),
    "reason": gettext_noop("Choose a reason."),
    "already": gettext_noop("It is so already: another officer was faster. Look at the list."),
    "status": gettext_noop("The status that it has does not allow this."),
    "no_account": gettext_noop("Nobody has bound this account to its person yet."),
    "impossible": gettext_noop("This cannot be done to it."),
    "role": gettext_noop("The second officer is one of the security officers."),
    "asker": gettext_noop("You have asked for it yourself: another officer has to agree."),
    "new": gettext_noop("Your account was made or reset only lately: another officer has to agree."),
    "case_closed": gettext_noop("The case is over. Reopen it, or take the measure without it."),
    "own": gettext_noop("It is about yourself: another officer has to see to it."),
    "case_own": gettext_noop("The case is about you."),
}


def deed(kind: str, subject_kind: str) -> str:
    return _(DEEDS[Kind(kind), SubjectKind(subject_kind)])


def why_not(reason: str) -> str:
    found = REFUSALS.get(reason)
    return _("It is over, or somebody has decided it.") if found is None else _(found)


def state(measure: Measure, now: datetime) -> str:
    if measure.until is not None and measure.until <= now:
        if measure.state == State.WAITING:
            return _(STATES[State.LAPSED])
        if measure.state in {State.WORKING, State.STANDING}:
            return _(STATES[State.OVER])
    return _(STATES[State(measure.state)])


def by_whom(staff_id: str | None, numbers: Mapping[str, str]) -> str | None:
    if staff_id is None:
        return None
    fixed = {"operator": _("the operator"), "person": _("the person themselves")}
    return fixed.get(staff_id) or numbers.get(staff_id) or staff_id
