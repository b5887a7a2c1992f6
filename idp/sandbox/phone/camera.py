"""Plays the camera of a face check: for who has none, and for machines.

Whoever comes has signed in and agreed, as everybody before a camera; the verdict goes the way of every other
and leads to the same levels. It is marked as played in the log and in the receipt.
"""

from flask import Response, abort, make_response, redirect

from idp.extensions import services
from idp.login.admission import signed_in
from idp.login.enrolment.face_views import EnrolmentFace
from idp.login.enrolment.place import current_place
from idp.login.face import answers
from idp.login.face.case import FaceCase, session_of
from idp.login.face.sign_in import case_of
from idp.login.services import login_services
from idp.login.visits import current_visit
from idp.people import directory, resident_number
from idp.people.resident_number import InvalidNumber
from idp.sandbox.room import blueprint
from idp.sandbox.services import sandbox_services


@blueprint.post("/sandbox/phone/camera/<session_id>")
def play_camera(session_id: str) -> Response:
    visit = current_visit()
    case = case_of(visit)
    if case is None:
        abort(visit.lead_on())
    return _play(case, session_id)


@blueprint.post("/sandbox/phone/camera/enrolment/<session_id>")
def play_enrol_camera(session_id: str) -> Response:
    return _play(EnrolmentFace(current_place()), session_id)


@blueprint.get("/sandbox/phone/camera/<session_id>")
@blueprint.get("/sandbox/phone/camera/enrolment/<session_id>")
def camera_again(session_id: str) -> Response:
    """Where somebody comes who opens a form's address."""
    del session_id
    return make_response(redirect("/sandbox/phone", 303))


def _play(case: FaceCase, session_id: str) -> Response:
    sessions, now = login_services().face_sessions, services().clock()
    if not _is_of_the_sandbox(case.number):
        abort(404)
    here = case.addresses(session_id)
    session = session_of(case, session_id, now)
    if session is None or session.is_taken:
        return _to(here.result)
    if not case.may_show_face() or sessions.facts(session, session.mode):
        # Somebody stands before a real camera already: one check is either or.
        return _to(here.consent)
    concluded = answers.conclude(case, session, refused_by=None, played_by=sandbox_services().camera)
    if concluded is None:
        return _to(here.result)
    # Nobody guesses a face here; and of a person who is everybody's the tries would soon be used up.
    sessions.forget_tries(case.tried)
    result, secret = concluded
    response = _to(result.next_url)
    return response if secret is None else signed_in(response, secret)


def _is_of_the_sandbox(number: str) -> bool:
    """Of whoever is real, an operator may have put some into a sandbox: nobody plays them."""
    try:
        return resident_number.parse(number, directory.day_in_china(services().clock())).is_sandbox
    except InvalidNumber:
        return False


def _to(url: str) -> Response:
    return make_response(redirect(url, 303))
