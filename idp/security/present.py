"""What every page of the desk has: who is there, and the way to the other pages."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, request

from idp.browser import browser_digest
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.locales import gettext_noop
from idp.security.work import CASE, Work, working_case
from idp.staff import sessions as staff_sessions
from idp.staff import unmasking
from idp.staff.roles import SECOND_OFFICERS, StaffRole
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import staff_here, staff_page

READERS: Final = (StaffRole.SECURITY, StaffRole.AUDITOR)
WATCHERS: Final = (*READERS, StaffRole.OPERATOR)
"""Who sees figures, and whether the log is whole; an operator sees nothing of a single person."""
ACTORS: Final = (StaffRole.SECURITY,)
"""An auditor reads everything and changes nothing."""


QUESTIONS: Final = "/security/unmasking"
FOUND: Final = tuple(
    f"/security/{name}"
    for name in (
        *("searches", "people", "clients", "organisations", "sessions", "devices", "addresses", "events"),
        "around",
    )
)
"""What a search leads to."""


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the desk that the navigation leads to; what lies below it belongs to it."""

    path: str
    words: str
    """Marked by `gettext_noop`."""
    roles: tuple[StaffRole, ...] = READERS
    others: tuple[str, ...] = ()
    """Paths elsewhere that belong to it."""

    @property
    def reach(self) -> tuple[str, ...]:
        return (self.path, *self.others)


SECTIONS: Final[tuple[Section, ...]] = (
    Section("/security", gettext_noop("Overview"), WATCHERS),
    Section("/security/live", gettext_noop("Live")),
    Section("/security/search", gettext_noop("Search"), others=FOUND),
    Section("/security/alerts", gettext_noop("Alerts")),
    Section("/security/cases", gettext_noop("Cases")),
    Section("/security/measures", gettext_noop("Measures")),
    Section(QUESTIONS, gettext_noop("Seeing who people are")),
    Section("/security/rules", gettext_noop("Rules")),
    Section("/security/integrity", gettext_noop("Integrity"), WATCHERS),
)
"""In the order of the navigation."""


def desk(*roles: StaffRole) -> StaffSignIn:
    """Who is at the desk, with one of these roles, else with one that reads; else the request ends."""
    return staff_here(*(roles or READERS))


def looking_on(*roles: StaffRole) -> StaffSignIn | None:
    """Who is there with one of these roles, for what a script asks by itself: that is no use of the session,
    and whoever has left is signed out in time."""
    secret = request.cookies.get(staff_sessions.COOKIE, "")
    with reading() as session:
        staff = staff_sessions.find(session, secret, browser_digest(), services().clock())
    return staff if staff is not None and staff.has(*roles) else None


def still_reads(sid: str) -> bool:
    """Whether a session of staff, by its id, goes on and may read: asked anew by what takes long."""
    with reading() as session:
        standing = staff_sessions.standing(session, sid, services().clock())
    return standing is not None and standing.has(*READERS)


def security_page(template: str, staff: StaffSignIn, *, status: int = 200, **shown: Any) -> Response:
    """A page of the desk."""
    work = working_case()
    shown.setdefault("work", work)
    return staff_page(template, staff, status=status, sections=_sections(staff, work), **shown)


def _sections(staff: StaffSignIn, work: Work | None) -> list[dict[str, Any]]:
    allowed = [one for one in SECTIONS if staff.has(*one.roles)]
    path = request.path
    here = [
        (len(begin), one)
        for one in allowed
        for begin in one.reach
        if path == begin or path.startswith(f"{begin}/")
    ]
    current = max(here, key=lambda found: found[0], default=(0, None))[1]
    query = "" if work is None else f"?{CASE}={work.case_id}"
    waiting = {QUESTIONS: _questions(staff)}
    return [
        {
            "url": f"{one.path}{query}",
            "words": _(one.words),
            "current": one is current,
            "count": waiting.get(one.path, 0),
        }
        for one in allowed
    ]


def _questions(staff: StaffSignIn) -> int:
    """How many officers wait for a second one, who learns of it on whatever page."""
    if not staff.has(*SECOND_OFFICERS):
        return 0
    with reading() as session:
        return unmasking.waiting_for(session, staff.staff_id, services().clock())
