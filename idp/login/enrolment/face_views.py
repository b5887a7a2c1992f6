"""The face step of an enrolment: the same camera, compared with the register's photo of the number named.

What is known of the number stays unsaid until the face is proved: every mismatch is the same refusal.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from flask import Response, request

from idp.extensions import services
from idp.locales import current_locale
from idp.login.circumstances import context
from idp.login.enrolment.place import Place, current_place
from idp.login.face import answers, pages
from idp.login.face.case import Addresses, Settled
from idp.login.face.comparison import NO_REFERENCE, KeepReference
from idp.login.face.first_capture import keep_as_reference
from idp.login.face.judgement import Judgement
from idp.login.face.keeping import Keeping
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import Visit
from idp.people import directory
from idp.people.enrolment import Purpose, Step, Way, next_step, ways
from idp.people.registry import Answer

PURPOSES = {Purpose.ENROL: "enrolment", Purpose.RECOVER: "recovery"}
SAID_AS_MISMATCH = frozenset({NO_REFERENCE, "reference_unusable"})


@dataclass(frozen=True, slots=True, repr=False)
class EnrolmentFace:
    """Somebody who has named a number shows that the number is theirs."""

    place: Place
    flow: Literal["enrol"] = "enrol"
    person_id: None = None

    @property
    def visit(self) -> Visit | None:
        return self.place.visit

    @property
    def subject(self) -> str:
        return self.place.enrolment.id

    @property
    def number(self) -> str:
        return self.place.enrolment.number or ""

    @property
    def purpose(self) -> str:
        return PURPOSES[self.place.enrolment.purpose]

    @property
    def tried(self) -> str:
        # Apart from the tries of somebody signed in: a stranger who names a number costs its holder none.
        return f"enrolment:{services().index.of('face-tries', self.number)}"

    @property
    def consent_id(self) -> str | None:
        return self.place.enrolment.face_consent_id

    @property
    def keeping(self) -> Keeping:
        """Nothing: there is nobody yet who could have agreed to it."""
        return Keeping()

    def addresses(self, session_id: str = "") -> Addresses:
        url = self.place.url
        of_session = {"session_id": session_id or "-"}
        return Addresses(
            consent=url("login.enrol_face"),
            start=url("login.enrol_face_start"),
            other_ways=url("login.enrol_binding"),
            capture=url("login.enrol_face_capture", **of_session),
            frames=url("login.enrol_face_frames", **of_session),
            result=url("login.enrol_face_result", **of_session),
            played=url("sandbox.play_enrol_camera", **of_session) if services().settings.sandbox else None,
        )

    def is_open(self) -> bool:
        enrolment = self.place.enrolment
        today = directory.day_in_china(services().clock())
        return next_step(enrolment) is Step.BINDING and Way.FACE in ways(enrolment, today)

    def may_show_face(self) -> bool:
        return self.is_open() and self.place.enrolment.face_consent_id is not None

    def keep_reference(self) -> KeepReference | None:
        return self._keep if services().settings.sandbox else None

    def template(self) -> None:
        return None

    def settle(self, judgement: Judgement, now: datetime) -> Settled:
        services().audit.append(judgement.event(None, self.purpose), context(now, self.place.interaction_id))
        if judgement.reason is not None:
            return Settled()
        evidence = None if judgement.evidence is None else judgement.evidence.to_json()
        login_services().bindings.face_proved(self.place.held, now, evidence=evidence)
        return Settled(self.place.url("login.enrol_next"))

    def said(self, judgement: Judgement) -> Judgement:
        if judgement.reason in SAID_AS_MISMATCH:
            return replace(judgement, reason="match")
        return judgement

    def _keep(self, image: bytes) -> bool:
        found, enrolment = services(), self.place.enrolment
        # Nobody's face is kept under a number whose name they do not know.
        if found.register.verify(enrolment.name or "", self.number).answer is not Answer.MATCH:
            return False
        return keep_as_reference(image, self.number, person_id=None, interaction_id=self.place.interaction_id)


@blueprint.get("/enrol/face")
def enrol_face() -> Response:
    case = EnrolmentFace(current_place())
    if not case.is_open():
        return case.place.go()
    return pages.consent_page(
        case, given_at=services().clock() if case.place.enrolment.face_consent_id else None
    )


@blueprint.post("/enrol/face/start")
def enrol_face_start() -> Response:
    case = EnrolmentFace(current_place())
    if not case.is_open():
        return case.place.go()
    version = services().settings.liveness.consent_text_version
    if case.place.enrolment.face_consent_id is None and request.form.get("agree") == "yes":
        if request.form.get("text_version") != version:
            return case.place.go("login.enrol_face")
        now = services().clock()
        held = login_services().bindings.consent_to_face(
            case.place.held,
            text_version=version,
            locale=current_locale(),
            context=context(now, case.place.interaction_id),
        )
        case = EnrolmentFace(Place(held, case.place.visit))
    return pages.start(case)


@blueprint.get("/enrol/face/<session_id>")
def enrol_face_capture(session_id: str) -> Response:
    return pages.capture_page(EnrolmentFace(current_place()), session_id)


@blueprint.post("/enrol/face/<session_id>/frames")
def enrol_face_frames(session_id: str) -> Response:
    return answers.take_frames(EnrolmentFace(current_place()), session_id)


@blueprint.get("/enrol/face/<session_id>/result")
def enrol_face_result(session_id: str) -> Response:
    return pages.result_page(EnrolmentFace(current_place()), session_id)
