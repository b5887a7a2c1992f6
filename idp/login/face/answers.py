"""What the camera page talks to: batches of frames in, progress out, and at the end the verdict."""

from dataclasses import replace
from typing import Any

from flask import Response, jsonify, make_response, request

from idp.browser import browser_digest
from idp.extensions import services
from idp.login.admission import signed_in
from idp.login.circumstances import address
from idp.login.face import step
from idp.login.face.case import FaceCase, session_of
from idp.login.face.comparison import References
from idp.login.face.receipts import with_receipt
from idp.login.face.sessions import FaceResult, FaceSession
from idp.login.face.upload import BatchRefused, read_batch
from idp.login.factors import face
from idp.login.factors.face import FaceChecks
from idp.login.services import login_services
from idp.storage.throttle import network

INCOMPLETE = "incomplete"
UNREADABLE = "quality"
OUT_OF_TURN = "mode"
JUDGING_WAIT_SECONDS = 1
"""When to ask again for a verdict that another request, of the same page, is making."""


def take_frames(case: FaceCase, session_id: str) -> Response:
    """One batch in, the progress out; the batch that ends the session brings the verdict too."""
    found, room = services(), login_services()
    received_at = found.clock()
    here = case.addresses(session_id)
    session = session_of(case, session_id, received_at)
    if session is None:
        return over(session_id, onward=here.result)
    if session.is_taken:
        return _come_again(JUDGING_WAIT_SECONDS)
    if not case.may_show_face():
        return _json({"next": here.result}, 403)
    try:
        batch = read_batch(request, found.settings.liveness)
        if batch.mode != session.mode:
            raise BatchRefused(OUT_OF_TURN, status=409)
        progress = step.add_batch(
            room.faces,
            room.face_sessions,
            session,
            batch,
            network=network(address()),
            received_at=received_at,
        )
    except BatchRefused as error:
        return _json({"error": error.reason}, error.status)
    except face.FaceBusy as error:
        return _come_again(error.seconds)
    except face.PictureRefused:
        return _finish(case, session, refused_by=UNREADABLE)
    except step.SessionOver:
        return over(session_id, onward=here.result)
    except step.TooManyFrames:
        return _finish(case, session, refused_by=INCOMPLETE)
    except face.FaceUnavailable:
        return _json({"next": here.other_ways}, 500)
    if progress.done or progress.refused_by is not None:
        refused_by = None if progress.refused_by is None else str(progress.refused_by)
        return _finish(case, session, refused_by=refused_by)
    return _json(
        {
            "step": progress.step,
            "steps": progress.steps,
            "action": progress.action,
            "advice": progress.advice,
            "flash": None if progress.flash is None else progress.flash.to_page(),
            "done": False,
            "refused": None,
        }
    )


def _finish(case: FaceCase, session: FaceSession, *, refused_by: str | None) -> Response:
    taken = conclude(case, session, refused_by=refused_by)
    if taken is None:
        return _come_again(JUDGING_WAIT_SECONDS)
    result, secret = taken
    answer = {"done": result.passed, "refused": None if result.passed else result.reason}
    response = _json(answer | {"next": result.next_url})
    return response if secret is None else signed_in(response, secret)


def conclude(
    case: FaceCase, session: FaceSession, *, refused_by: str | None, played_by: FaceChecks | None = None
) -> tuple[FaceResult, str | None] | None:
    """The verdict, once; None when another request has taken the session.

    `played_by`: who says what came of it where nobody stands before a camera. A sandbox alone has such
    checks; what they say is marked as theirs, and nothing of it becomes a reference.
    """
    found, room = services(), login_services()
    if room.face_sessions.take(session) is None:
        return None
    judgement = step.judge(
        room.faces if played_by is None else played_by,
        room.face_sessions,
        session,
        refused_by=refused_by,
        references=References(
            found.register,
            case.number,
            case.keep_reference() if played_by is None else None,
            case.template,
        ),
        keeping=case.keeping,
    )
    now = found.clock()
    judgement = replace(judgement, camera=session.mode if played_by is None else "played")
    judgement = with_receipt(judgement, session, consent_id=case.consent_id, now=now)
    settled = case.settle(judgement, now)
    judgement = case.said(judgement)
    result = FaceResult(
        subject=session.subject,
        browser=session.browser,
        passed=judgement.reason is None,
        next_url=settled.next_url or case.addresses(session.id).result,
        reason=judgement.reason,
        advice=judgement.advice,
    )
    room.face_sessions.end(session, result)
    return result, settled.secret


def over(session_id: str, *, onward: str) -> Response:
    """For a batch that comes after the end: by its time, or because one before it brought the verdict."""
    result = login_services().face_sessions.result(session_id, browser_digest())
    if result is None:
        return _json({"next": onward}, 410)
    refused = None if result.passed else result.reason
    return _json({"done": result.passed, "refused": refused, "next": result.next_url})


def _come_again(seconds: int) -> Response:
    """For the page, and (RFC 9110 section 10.2.3) for whatever lies between it and us."""
    response = _json({"wait": seconds}, 503)
    response.headers["Retry-After"] = str(seconds)
    return response


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return make_response(jsonify(body), status)
