"""For whom a face step is: somebody in a sign-in or in an enrolment, with the same pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from idp.browser import browser_digest
from idp.login.face.comparison import KeepReference
from idp.login.face.judgement import Judgement
from idp.login.face.keeping import Keeping
from idp.login.face.sessions import FaceSession, Flow
from idp.login.services import login_services
from idp.login.visits import Visit
from idp.people.face_templates import KeptFace


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the pages of one face step are; `of` a session where that session's are."""

    consent: str
    start: str
    other_ways: str
    capture: str
    frames: str
    result: str
    keeping: str | None = None
    """Where to decide what may be kept, if anything is offered."""
    played: str | None = None
    """Where a sandbox plays the camera; nowhere else is there such an address."""


@dataclass(frozen=True, slots=True, repr=False)
class Settled:
    """Where to go on (None: to the result page), and the browser session's new secret, if any."""

    next_url: str | None = None
    secret: str | None = None


class FaceCase(Protocol):
    """Who stands before the camera, and what a verdict does. A sign-in is one, an enrolment another."""

    @property
    def flow(self) -> Flow: ...

    @property
    def visit(self) -> Visit | None: ...

    @property
    def subject(self) -> str:
        """A person's id, or an enrolment's: what a session is bound to."""

    @property
    def person_id(self) -> str | None: ...

    @property
    def number(self) -> str: ...

    @property
    def purpose(self) -> str:
        """For the log."""

    @property
    def tried(self) -> str:
        """Whose tries are counted."""

    @property
    def consent_id(self) -> str | None:
        """The consent that the camera opened by."""

    @property
    def keeping(self) -> Keeping:
        """What is wanted to be kept of this check."""

    def addresses(self, session_id: str = "") -> Addresses: ...

    def may_show_face(self) -> bool:
        """The consent stands and the face way is open: otherwise no camera opens."""

    def keep_reference(self) -> KeepReference | None:
        """In the sandbox alone: makes a portrait the register's photo."""

    def template(self) -> KeptFace | None:
        """What the face may be compared with where the register is mute."""

    def settle(self, judgement: Judgement, now: datetime) -> Settled:
        """Record the verdict, durable on return."""

    def said(self, judgement: Judgement) -> Judgement:
        """The part of it that the person may be told."""


def session_of(case: FaceCase, session_id: str, now: datetime) -> FaceSession | None:
    session = login_services().face_sessions.find(session_id, browser_digest(), now)
    if session is None or (session.flow, session.subject) != (case.flow, case.subject):
        return None
    return session
