"""The pages of the face step of a sign-in: consent, what may be kept, camera, verdict."""

from flask import Response, abort, make_response, redirect, request

from idp.extensions import services, transaction
from idp.locales import current_locale
from idp.login.circumstances import context
from idp.login.face import answers, keeping, pages
from idp.login.face.sign_in import SignInFace, case_of
from idp.login.room import blueprint
from idp.login.visits import current_visit, page


@blueprint.get("/login/face")
def face() -> Response:
    case = _case()
    if not case.is_open:
        return make_response(redirect(case.addresses().other_ways, 303))
    return pages.consent_page(case, given_at=case.consented_at)


@blueprint.post("/login/face/start")
def face_start() -> Response:
    case = _case()
    if case.is_open and case.consented_at is None and request.form.get("agree") == "yes":
        if not pages.record_consent(case.person_id, case.visit.id):
            return make_response(redirect(case.addresses().consent, 303))
        case = _case()
        if any(offer.consent is None for offer in case.offered):
            # Asked here once; afterwards a link leads there.
            return make_response(redirect(_keeping_url(case), 303))
    return pages.start(case)


@blueprint.get("/login/face/keeping")
def face_keeping_page() -> Response:
    case = _case()
    if not (case.offered and case.may_show_face()):
        return make_response(redirect(case.addresses().consent, 303))
    return page(
        "login/face_keeping.html",
        case.visit,
        offers=case.offered,
        agree_url=_keeping_url(case),
        start_url=case.addresses().start,
        without_turns=request.args.get("without_turns") == "1",
    )


@blueprint.post("/login/face/keeping")
def face_keeping_agree() -> Response:
    case = _case()
    if case.is_open:
        now = services().clock()
        with transaction() as session:
            keeping.agree(
                session,
                case.person_id,
                request.form.get("purpose", ""),
                request.form.get("text_version", ""),
                settings=services().settings.liveness,
                locale=current_locale(),
                context=context(now, case.visit.id),
            )
    return make_response(redirect(_keeping_url(case), 303))


@blueprint.get("/login/face/<session_id>")
def face_capture(session_id: str) -> Response:
    return pages.capture_page(_case(), session_id)


@blueprint.post("/login/face/<session_id>/frames")
def face_frames(session_id: str) -> Response:
    visit = current_visit()
    case = case_of(visit)
    if case is None:
        # The verdict changed the session's secret; this batch was on its way with the old one.
        return answers.over(session_id, onward=visit.resume_url)
    return answers.take_frames(case, session_id)


@blueprint.get("/login/face/<session_id>/result")
def face_result(session_id: str) -> Response:
    return pages.result_page(_case(), session_id)


def _keeping_url(case: SignInFace) -> str:
    turns = "1" if request.values.get("without_turns") == "1" else None
    return case.visit.url("login.face_keeping_page", without_turns=turns)


def _case() -> SignInFace:
    """Leads on where nobody is signed in."""
    visit = current_visit()
    case = case_of(visit)
    if case is None:
        abort(visit.lead_on())
    return case
