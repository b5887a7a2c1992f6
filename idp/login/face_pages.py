"""The pages of the face step, the same in a sign-in and in an enrolment: a `FaceCase` says for whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import Response, jsonify, make_response, redirect, request

from idp.audit.events import FaceRefused
from idp.browser import browser_digest
from idp.extensions import services
from idp.login import face_step
from idp.login.admission import signed_in
from idp.login.circumstances import context
from idp.login.face_sessions import FaceResult, FaceSession, Flow
from idp.login.face_step import Judgement, KeepReference
from idp.login.face_upload import BatchRefused, Mode, read_batch
from idp.login.factors import face
from idp.login.services import login_services
from idp.login.visits import Visit, page
from idp.people.registry import RegisterUnavailable

TOO_MANY_TRIES = "too_many_tries"
INCOMPLETE = "incomplete"
REFUSED_PICTURE = "quality"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the pages of one face step are; `of` a session where that session's are."""

    consent: str
    start: str
    other_ways: str
    capture: str
    frames: str
    result: str


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

    def addresses(self, session_id: str = "") -> Addresses: ...

    def may_show_face(self) -> bool:
        """The consent stands and the face way is open: otherwise no camera opens."""

    def keep_reference(self) -> KeepReference | None:
        """In the sandbox alone: makes a portrait the register's photo."""

    def settle(self, judgement: Judgement, now: datetime) -> Settled:
        """Record the verdict, durable on return."""

    def said(self, judgement: Judgement) -> Judgement:
        """The part of it that the person may be told."""


def start(case: FaceCase) -> Response:
    """A new session, its pages and its camera. Consent is recorded before this."""
    found = services()
    sessions = login_services().face_sessions
    here = case.addresses()
    now = found.clock()
    if not case.may_show_face():
        return _to(here.consent)
    if sessions.tries(case.tried) >= found.settings.liveness.tries_per_person_per_hour:
        _note_refusal(case, TOO_MANY_TRIES, now)
        return refused_page(case, TOO_MANY_TRIES, status=429)
    try:
        has_photo = found.register.photo(case.number) is not None
    except RegisterUnavailable:
        return refused_page(case, face_step.REGISTER_UNAVAILABLE, status=503)
    sessions.count_try(case.tried)
    challenge = face.new_challenge(found.settings, now, allow_turns=request.form.get("without_turns") != "1")
    session = sessions.start(
        case.flow,
        case.subject,
        browser_digest(),
        challenge,
        keeps_portrait=not has_photo,
        now=now,
    )
    return _to(case.addresses(session.id).capture)


def capture_page(case: FaceCase, session_id: str) -> Response:
    sessions = login_services().face_sessions
    now = services().clock()
    here = case.addresses(session_id)
    session = _session_of(case, session_id, now)
    if session is None or not case.may_show_face():
        return _to(here.result)
    if any(sessions.facts(session, mode) for mode in ("live", "film")):
        # Loaded again in the middle: the page's clock would start anew, so the session must.
        return _to(here.consent)
    challenge = session.challenge
    return page(
        "login/capture.html",
        case.visit,
        flow=case.flow,
        session=session.id,
        frames_url=here.frames,
        finish_url=here.result,
        again_url=here.consent,
        other_ways_url=here.other_ways,
        seconds_left=session.seconds_left(now),
        window_seconds=challenge.window_ms // 1000,
        steps=len(challenge.actions),
        recorded_url=here.frames,
        actions=[str(action) for action in challenge.actions],
    )


def take_frames(case: FaceCase, session_id: str) -> Response:
    """One batch in, the progress out; the batch that ends the session brings the verdict too."""
    found, room = services(), login_services()
    received_at = found.clock()
    here = case.addresses(session_id)
    session = _session_of(case, session_id, received_at)
    if session is None:
        return _gone(session_id, here)
    if not case.may_show_face():
        return _json({"next": here.result}, 403)
    try:
        batch = read_batch(request, found.settings.liveness)
        progress = face_step.add_batch(
            room.faces, room.face_sessions, session, batch, received_at=received_at
        )
    except BatchRefused as error:
        return _json({"error": error.reason}, error.status)
    except face.FaceBusy as error:
        return _json({"wait": error.seconds}, 503)
    except face.PictureRefused:
        return _finish(case, session, "live", refused_by=REFUSED_PICTURE)
    except face_step.TooManyFrames:
        return _finish(case, session, "live", refused_by=INCOMPLETE)
    except face.FaceUnavailable:
        return _json({"next": here.other_ways}, 500)
    if progress.done or progress.refused_by is not None:
        refused_by = None if progress.refused_by is None else str(progress.refused_by)
        return _finish(case, session, batch.mode, refused_by=refused_by)
    return _json(
        {
            "step": progress.step,
            "steps": progress.steps,
            "action": progress.action,
            "advice": progress.advice,
            "done": False,
            "refused": None,
        }
    )


def result_page(case: FaceCase, session_id: str) -> Response:
    sessions = login_services().face_sessions
    now = services().clock()
    result = sessions.result(session_id, browser_digest())
    if result is None:
        session = _session_of(case, session_id, now)
        if session is None:
            return refused_page(case, "session_gone")
        # The page left before the end: a film that was over, or a person who gave up.
        _conclude(case, session, "live", refused_by=INCOMPLETE)
        result = sessions.result(session_id, browser_digest())
    if result is None or result.subject != case.subject:
        return refused_page(case, "session_gone")
    if result.passed:
        return _to(result.next_url)
    return refused_page(case, result.reason, advice=result.advice)


def refused_page(
    case: FaceCase, reason: str | None, *, advice: str | None = None, status: int = 200
) -> Response:
    here = case.addresses()
    tries = login_services().face_sessions.tries(case.tried)
    may_try = tries < services().settings.liveness.tries_per_person_per_hour
    return page(
        "login/face_result.html",
        case.visit,
        status=status,
        flow=case.flow,
        passed=False,
        reason=reason,
        advice=advice,
        again_url=here.consent if may_try else None,
        other_ways_url=here.other_ways,
    )


def _finish(case: FaceCase, session: FaceSession, mode: Mode, *, refused_by: str | None) -> Response:
    here = case.addresses(session.id)
    taken = _conclude(case, session, mode, refused_by=refused_by)
    if taken is None:
        return _gone(session.id, here)
    result, secret = taken
    answer = {"done": result.passed, "refused": None if result.passed else result.reason}
    response = _json(answer | {"next": result.next_url})
    return response if secret is None else signed_in(response, secret)


def _conclude(
    case: FaceCase, session: FaceSession, mode: Mode, *, refused_by: str | None
) -> tuple[FaceResult, str | None] | None:
    """The verdict, once; None when another request has taken the session."""
    found, room = services(), login_services()
    if room.face_sessions.take(session.id, browser_digest(), found.clock()) is None:
        return None
    judgement = face_step.judge(
        room.faces,
        room.face_sessions,
        session,
        mode,
        refused_by=refused_by,
        register=found.register,
        number=case.number,
        keep_reference=case.keep_reference(),
    )
    settled = case.settle(judgement, found.clock())
    judgement = case.said(judgement)
    result = FaceResult(
        subject=session.subject,
        browser=session.browser,
        passed=judgement.reason is None,
        next_url=settled.next_url or case.addresses(session.id).result,
        reason=judgement.reason,
        advice=judgement.advice,
    )
    room.face_sessions.keep_result(session.id, result)
    return result, settled.secret


def _session_of(case: FaceCase, session_id: str, now: datetime) -> FaceSession | None:
    session = login_services().face_sessions.find(session_id, browser_digest(), now)
    if session is None or (session.flow, session.subject) != (case.flow, case.subject):
        return None
    return session


def _gone(session_id: str, here: Addresses) -> Response:
    """Over: by its time, or because the batch before this one brought the verdict."""
    result = login_services().face_sessions.result(session_id, browser_digest())
    if result is None:
        return _json({"next": here.result}, 410)
    refused = None if result.passed else result.reason
    return _json({"done": result.passed, "refused": refused, "next": result.next_url})


def _note_refusal(case: FaceCase, reason: str, now: datetime) -> None:
    event = FaceRefused(case.person_id, case.purpose, reason)
    services().audit.append(event, context(now, None if case.visit is None else case.visit.id))


def _to(url: str) -> Response:
    return make_response(redirect(url, 303))


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return make_response(jsonify(body), status)
