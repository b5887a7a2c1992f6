"""The face step of a sign-in as a case: the person is known already, and shows that they are here now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.extensions import reading, services, transaction
from idp.login import admission
from idp.login.circumstances import context
from idp.login.face import keeping, receipts
from idp.login.face.case import Addresses, Settled
from idp.login.face.comparison import KeepReference
from idp.login.face.first_capture import keep_as_reference
from idp.login.face.judgement import Judgement
from idp.login.face.keeping import Keepable, Keeping, Offer
from idp.login.factors import face
from idp.login.presence_views import face_problem
from idp.login.services import login_services
from idp.login.visits import Visit, current_sign_in
from idp.people import directory, face_consents, face_templates, face_words
from idp.people.face_templates import KeptFace
from idp.people.models import Person
from idp.session_proofs import Proof


@dataclass(frozen=True, slots=True, repr=False)
class SignInFace:
    """Somebody who has signed in shows that they are here now."""

    visit: Visit
    person_id: str
    number: str
    is_open: bool
    """A face is a way for this person at all."""
    consented_at: datetime | None
    consent_id: str | None
    offered: tuple[Offer, ...]
    """What may be kept of the check, each by a consent of its own."""
    flow: Literal["login"] = "login"
    purpose: str = "presence"

    @property
    def subject(self) -> str:
        return self.person_id

    @property
    def tried(self) -> str:
        return f"person:{self.person_id}"

    @property
    def keeping(self) -> Keeping:
        return keeping.wanted(self.offered)

    def addresses(self, session_id: str = "") -> Addresses:
        url = self.visit.url
        of_session = {"session_id": session_id or "-"}
        return Addresses(
            consent=url("login.face"),
            start=url("login.face_start"),
            other_ways=url("login.presence"),
            capture=url("login.face_capture", **of_session),
            frames=url("login.face_frames", **of_session),
            result=url("login.face_result", **of_session),
            keeping=url("login.face_keeping_page") if self.offered else None,
            played=url("sandbox.play_camera", **of_session) if services().settings.sandbox else None,
        )

    def may_show_face(self) -> bool:
        return self.is_open and self.consented_at is not None

    def keep_reference(self) -> KeepReference | None:
        return self._keep if services().settings.sandbox else None

    def template(self) -> KeptFace | None:
        found = services()
        settings = found.settings.liveness
        words = face_words.of_template(settings)
        if words is None or not (self.keeping.template and self.may_show_face()):
            return None
        with reading() as session:
            return face_templates.find(
                session,
                self.person_id,
                model=login_services().faces.match_model(),
                text_version=words,
                cipher=found.cipher,
                now=found.clock(),
            )

    def settle(self, judgement: Judgement, now: datetime) -> Settled:
        if judgement.reason is not None:
            self._note_refused(judgement, now)
            return Settled()
        evidence = receipts.sealed(judgement.evidence, self.person_id, services().cipher)
        proof = Proof(face.METHOD, face.LEVEL, now, face.AMR, evidence)

        def note(session: Session, _person: Person) -> bool:
            self._note(session, judgement, now)
            return True

        try:
            secret = admission.admit(self.visit, self.person_id, proof, note)
        except admission.NotAdmitted:
            return Settled(self.visit.resume_url)
        return Settled(self.visit.resume_url, secret)

    def said(self, judgement: Judgement) -> Judgement:
        """All of it: they have proved who they are."""
        return judgement

    def _note_refused(self, judgement: Judgement, now: datetime) -> None:
        if judgement.left.frames:
            with transaction() as session:
                self._note(session, judgement, now)
        else:
            event = judgement.event(self.person_id, self.purpose)
            services().audit.append(event, context(now, self.visit.id))

    def _note(self, session: Session, judgement: Judgement, now: datetime) -> None:
        """The event, and with it what may be kept of the check."""
        found = services()
        circumstances = context(now, self.visit.id)
        event = judgement.event(self.person_id, self.purpose)
        check_id = audit.record(session, event, context=circumstances)
        if judgement.left != Keepable():
            keeping.keep(
                session,
                self.person_id,
                check_id,
                judgement.left,
                settings=found.settings.liveness,
                cipher=found.cipher,
                context=circumstances,
            )

    def _keep(self, image: bytes) -> bool:
        return keep_as_reference(image, self.number, person_id=self.person_id, interaction_id=self.visit.id)


def case_of(visit: Visit) -> SignInFace | None:
    """None when nobody is signed in: without a person there is no face to compare with."""
    signed_in = current_sign_in()
    if signed_in is None:
        return None
    found = services()
    version = found.settings.liveness.consent_text_version
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        if person is None:
            return None
        today = directory.day_in_china(found.clock())
        document = directory.number_of(session, person, found.cipher, today)
        consent = face_consents.active_of(session, person.id, version)
        offered = keeping.offers(session, person.id, found.settings.liveness)
    is_open = face_problem(person) is None
    return SignInFace(
        visit=visit,
        person_id=person.id,
        number=document.number.value,
        is_open=is_open,
        consented_at=None if consent is None else consent.given_at,
        consent_id=None if consent is None else consent.id,
        offered=offered if is_open else (),
    )
