"""The face check at the device of somebody whom a clerk has named: the same camera, the same gates.

Nobody is signed in yet. The case stands on the help that the person at the device has said yes to, and on the
clerk's session, which is asked for again when the verdict is there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import Response, abort, make_response, redirect, request
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.browser import browser_digest
from idp.extensions import reading, services
from idp.login import admission
from idp.login.face import answers, pages, receipts
from idp.login.face.case import Addresses, Settled
from idp.login.face.comparison import KeepReference
from idp.login.face.first_capture import keep_as_reference
from idp.login.face.judgement import Judgement
from idp.login.face.keeping import Keeping
from idp.login.factors import face as face_factor
from idp.login.presence_views import face_problem
from idp.login.visits import Visit, current_visit
from idp.people import directory, face_consents
from idp.people.models import Person
from idp.session_proofs import Proof
from idp.window.device_views import acting, clerk_stands, noted, withheld
from idp.window.helping import Held, HelpChanged, State
from idp.window.room import blueprint, helps


@dataclass(frozen=True, slots=True, repr=False)
class AssistedFace:
    """Somebody whom a clerk has named, and who has said yes at this device, shows their face to it."""

    visit: Visit
    held: Held
    number: str
    is_open: bool
    consented_at: datetime | None
    consent_id: str | None
    flow: Literal["window"] = "window"
    purpose: str = "window"

    @property
    def person_id(self) -> str:
        return self.held.help.person_id

    @property
    def subject(self) -> str:
        """This one help: a verdict of before it, or for another one, is none of its own."""
        return self.held.help.id

    @property
    def tried(self) -> str:
        return f"person:{self.person_id}"

    @property
    def keeping(self) -> Keeping:
        """Nothing: what may be kept is decided in one's own account."""
        return Keeping()

    def addresses(self, session_id: str = "") -> Addresses:
        url = self.visit.url
        of_session = {"session_id": session_id or "-"}
        return Addresses(
            consent=url("window.face"),
            start=url("window.face_start"),
            other_ways=url("window.device"),
            capture=url("window.face_capture", **of_session),
            frames=url("window.face_frames", **of_session),
            result=url("window.face_result", **of_session),
        )

    def may_show_face(self) -> bool:
        return self.is_open and self.consented_at is not None

    def keep_reference(self) -> KeepReference | None:
        return self._keep if services().settings.sandbox else None

    def template(self) -> None:
        return None

    def settle(self, judgement: Judgement, now: datetime) -> Settled:
        event = judgement.event(self.person_id, self.purpose)
        circumstances_of_it = acting(self.held.help, self.visit.id, now)
        if judgement.reason is not None:
            services().audit.append(event, circumstances_of_it)
            return Settled()
        over = Settled(self.visit.url("window.device"))
        try:
            stands = clerk_stands(self.held.help, now)
            helps().change(self.held, now, state=State.SIGNED_IN if stands else State.GIVEN_UP)
        except HelpChanged:
            return over
        if not stands:
            return over
        evidence = receipts.sealed(judgement.evidence, self.person_id, services().cipher)
        proof = Proof(face_factor.METHOD, face_factor.LEVEL, now, face_factor.AMR, evidence)
        helped = noted(self.visit, self.held.help, now)

        def note(session: Session, person: Person) -> bool:
            audit.record(session, event, context=circumstances_of_it)
            return helped(session, person)

        try:
            secret = admission.admit(self.visit, self.person_id, proof, note)
        except admission.NotAdmitted:
            return Settled(self.visit.resume_url)
        except admission.ProofWithheld:
            withheld(self.visit, now)
            return over
        return Settled(self.visit.resume_url, secret)

    def said(self, judgement: Judgement) -> Judgement:
        """All of it: the clerk has seen their card."""
        return judgement

    def _keep(self, image: bytes) -> bool:
        return keep_as_reference(image, self.number, person_id=self.person_id, interaction_id=self.visit.id)


@blueprint.get("/login/window/face")
def face() -> Response:
    case = _case()
    if not case.is_open:
        return make_response(redirect(case.addresses().other_ways, 303))
    return pages.consent_page(case, given_at=case.consented_at)


@blueprint.post("/login/window/face/start")
def face_start() -> Response:
    case = _case()
    if case.is_open and case.consented_at is None and request.form.get("agree") == "yes":
        if not pages.record_consent(case.person_id, case.visit.id):
            return make_response(redirect(case.addresses().consent, 303))
        case = _case()
    return pages.start(case)


@blueprint.get("/login/window/face/<session_id>")
def face_capture(session_id: str) -> Response:
    return pages.capture_page(_case(), session_id)


@blueprint.post("/login/window/face/<session_id>/frames")
def face_frames(session_id: str) -> Response:
    visit = current_visit()
    case = _found(visit)
    if case is None:
        # The verdict is there; this batch was on its way with what was before it.
        return answers.over(session_id, onward=visit.resume_url)
    return answers.take_frames(case, session_id)


@blueprint.get("/login/window/face/<session_id>/result")
def face_result(session_id: str) -> Response:
    return pages.result_page(_case(), session_id)


def _case() -> AssistedFace:
    """Leads back to the window's page where there is nothing to show a face for."""
    visit = current_visit()
    case = _found(visit)
    if case is None:
        abort(make_response(redirect(visit.url("window.device"), 303)))
    return case


def _found(visit: Visit) -> AssistedFace | None:
    found = services()
    now = found.clock()
    held = helps().of_device(visit.id, browser_digest())
    if held is None or held.help.stands(now) != State.FACE:
        return None
    with reading() as session:
        person = directory.find_by_id(session, held.help.person_id)
        if person is None:
            return None
        document = directory.number_of(session, person, found.cipher, directory.day_in_china(now))
        consent = face_consents.active_of(session, person.id, found.settings.liveness.consent_text_version)
    return AssistedFace(
        visit=visit,
        held=held,
        number=document.number.value,
        is_open=face_problem(person) is None,
        consented_at=None if consent is None else consent.given_at,
        consent_id=None if consent is None else consent.id,
    )
