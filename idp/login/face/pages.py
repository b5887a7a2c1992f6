"""The pages of the face step: the consent, the camera, and what came out of it."""

from datetime import datetime

from flask import Response, make_response, redirect, request

from idp.audit.events import people as people_events
from idp.audit.events.faces import FaceRefused
from idp.browser import browser_digest
from idp.extensions import services, transaction
from idp.locales import current_locale
from idp.login.circumstances import context, note_refusal
from idp.login.face import answers
from idp.login.face.case import FaceCase, session_of
from idp.login.face.comparison import REGISTER_UNAVAILABLE
from idp.login.factors import face
from idp.login.services import login_services
from idp.login.visits import page
from idp.people import face_consents
from idp.people.registry import RegisterUnavailable

TOO_MANY_TRIES = "too_many_tries"
SESSION_GONE = "session_gone"


def consent_page(case: FaceCase, *, given_at: datetime | None) -> Response:
    """Comes before the camera. `given_at`: when it was agreed to, if it was."""
    settings = services().settings
    here = case.addresses()
    return page(
        "login/face_consent.html",
        case.visit,
        text_version=settings.liveness.consent_text_version,
        given_at=given_at,
        start_url=here.start,
        other_ways_url=here.other_ways,
        first_capture_is_reference=settings.sandbox,
        keeping_url=here.keeping,
    )


def record_consent(person_id: str, interaction_id: str) -> bool:
    """As the form gives it. False where the words changed while the page was open: the new ones have to be
    read first."""
    found = services()
    version = found.settings.liveness.consent_text_version
    if request.form.get("text_version") != version:
        return False
    given = context(found.clock(), interaction_id)
    with transaction() as session:
        face_consents.give(session, person_id, text_version=version, locale=current_locale(), context=given)
    return True


def start(case: FaceCase) -> Response:
    """A new session, its pages and its camera. Consent is recorded before this."""
    found = services()
    sessions = login_services().face_sessions
    here = case.addresses()
    now = found.clock()
    if not case.may_show_face():
        return _to(here.consent)
    most = found.settings.liveness.tries_per_person_per_hour
    if sessions.tries(case.tried) >= most:
        return _too_many_tries(case)
    try:
        keeps_portrait = found.register.photo(case.number) is None
    except RegisterUnavailable:
        note_refusal(people_events.RegisterUnavailable(case.purpose), _interaction_id(case))
        if case.template() is None:
            return refused_page(case, REGISTER_UNAVAILABLE, status=503)
        keeps_portrait = False
    # Counted before it is looked at: those that begin side by side do not slip through together.
    if sessions.count_try(case.tried) > most:
        return _too_many_tries(case)
    challenge = face.new_challenge(found.settings, now, allow_turns=request.form.get("without_turns") != "1")
    session = sessions.start(
        case.flow,
        case.subject,
        browser_digest(),
        challenge,
        keeps_portrait=keeps_portrait,
        keeps_evidence=case.keeping.evidence,
        now=now,
    )
    return _to(case.addresses(session.id).capture)


def capture_page(case: FaceCase, session_id: str) -> Response:
    sessions = login_services().face_sessions
    now = services().clock()
    here = case.addresses(session_id)
    session = session_of(case, session_id, now)
    if session is None or not case.may_show_face():
        return _to(here.result)
    films = services().settings.liveness.film
    is_film = films and (request.args.get("film") == "1" or session.mode == "film")
    if is_film and session.mode == "live":
        session = sessions.as_film(session, now)
    if session is not None and request.args.get("colours") == "0" and not session.is_taken:
        session = sessions.without_colours(session, now)
    if session is None or session.is_taken or sessions.facts(session, session.mode):
        # Loaded again in the middle: the page's clock would start anew, so the session must.
        return _to(here.consent)
    challenge = session.challenge
    shows_colours = challenge.flash is not None and bool(challenge.flash.colours)
    return page(
        "login/capture.html",
        case.visit,
        session=session.id,
        frames_url=here.frames,
        finish_url=here.result,
        again_url=here.consent,
        other_ways_url=here.other_ways,
        seconds_left=session.seconds_left(now),
        window_seconds=challenge.window_ms // 1000,
        steps=len(challenge.actions),
        without_colours_url=f"{here.capture}&colours=0" if shows_colours else None,
        film_page_url=f"{here.capture}&film=1" if films and not is_film else None,
        recorded_url=here.frames if is_film else None,
        actions=[str(action) for action in challenge.actions] if is_film else [],
        played_url=here.played,
    )


def result_page(case: FaceCase, session_id: str) -> Response:
    sessions = login_services().face_sessions
    now = services().clock()
    result = sessions.result(session_id, browser_digest())
    if result is None:
        session = session_of(case, session_id, now)
        if session is None:
            return refused_page(case, SESSION_GONE)
        if session.is_taken:
            return _wait()
        # The page left before the end: a film that was over, or a person who gave up.
        answers.conclude(case, session, refused_by=answers.INCOMPLETE)
        result = sessions.result(session_id, browser_digest())
    if result is None or result.subject != case.subject:
        return refused_page(case, SESSION_GONE)
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
        reason=reason,
        advice=advice,
        again_url=here.consent if may_try else None,
        other_ways_url=here.other_ways,
    )


def _too_many_tries(case: FaceCase) -> Response:
    event = FaceRefused(case.person_id, case.purpose, TOO_MANY_TRIES)
    note_refusal(event, _interaction_id(case))
    return refused_page(case, TOO_MANY_TRIES, status=429)


def _interaction_id(case: FaceCase) -> str | None:
    return None if case.visit is None else case.visit.id


def _wait() -> Response:
    """The verdict is being made: the browser asks again by itself."""
    response = make_response("", 200)
    response.headers["Refresh"] = "1"
    return response


def _to(url: str) -> Response:
    return make_response(redirect(url, 303))
