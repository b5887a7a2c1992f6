"""The face step without its pages: batches in, progress out, and the verdict at its end.

One process may serve one batch and another the next: all that is known of a session lies in the
ephemeral store. The verdict belongs to whoever takes the session.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from idp.audit.events import FaceChecked, FaceRefused
from idp.login.face_keeping import Keepable, Keeping
from idp.login.face_sessions import FaceSession, FaceSessions
from idp.login.face_upload import Batch, Mode
from idp.login.factors import face
from idp.login.factors.face import FaceChecks
from idp.login.factors.moments import is_portrait, moment_of
from idp.oidc.claims.receipts import Evidence
from idp.people.face_templates import KeptFace
from idp.people.registry import Register, RegisterUnavailable

if TYPE_CHECKING:
    from idp.login.factors.face import FrameFacts, Progress, Verdict

NO_REFERENCE = "reference_missing"
REGISTER_UNAVAILABLE = "register_unavailable"
FACE_UNAVAILABLE = "face_unavailable"

KeepReference = Callable[[bytes], bool]
"""Makes a portrait the register's photo of the person who stands there; the sandbox alone has one."""
FindTemplate = Callable[[], KeptFace | None]
"""The template kept of the person who stands there, if it may be compared with now."""
FROM_REGISTER = frozenset({"photo", "register"})
"""References that the register answers for: a template is made of such a check alone, never of another
template, so that a face cannot drift away from the register's."""


@dataclass(frozen=True)
class Judgement:
    """The end of a session. `reason` is None when the person is here and is the right one."""

    reason: str | None
    advice: str | None
    gates: tuple[str, ...]
    scores: tuple[float, ...]
    models: tuple[str, ...]
    took_reference: bool = False
    camera: Mode = "live"
    """Filled in by whoever knows the session."""
    reference: str | None = None
    """What the face was compared with."""
    unproved: tuple[str, ...] = ()
    """Gates that this challenge could not try, such as planarity without a turn of the head."""
    left: Keepable = field(default=Keepable(), repr=False)
    """What may be kept of the check, if the consents still stand."""
    verdict: "Verdict | None" = field(default=None, repr=False)
    """None when nothing was judged."""
    evidence: Evidence | None = field(default=None, repr=False)
    """The verdict as a receipt, and by what the log knows it. Filled in by whoever knows the consent."""
    receipt_digest: str | None = None

    def event(self, person_id: str | None, purpose: str) -> FaceChecked | FaceRefused:
        scored = (self.gates, self.scores, self.models, self.camera, self.reference)
        check_id = None if self.evidence is None else self.evidence.check_id
        told: dict[str, Any] = {
            "unproved": self.unproved,
            "check_id": check_id,
            "receipt": self.receipt_digest,
        }
        if self.reason is None:
            return FaceChecked(person_id, purpose, *scored, **told)
        return FaceRefused(person_id, purpose, self.reason, *scored, **told)


class TooManyFrames(Exception):
    """The page sent more than one session may take; the session is over."""


class SessionOver(Exception):
    """The verdict was told while a batch was read."""


def add_batch(
    checks: FaceChecks,
    sessions: FaceSessions,
    session: FaceSession,
    batch: Batch,
    *,
    network: str,
    received_at: datetime,
) -> "Progress":
    """Read one batch and say where the person is.

    `network` is where it comes from: whoever sends much from one gets no more than a share of the turns.
    Raises FaceUnavailable, FaceBusy, PictureRefused, TooManyFrames, SessionOver.
    """
    # A film comes in after it was taken: only its own clock says when.
    received_ms = session.since_start_ms(received_at) if batch.mode == "live" else batch.frames[0][1]
    previous = sessions.facts(session, batch.mode)
    caller = face.Caller(session.id, session.browser, network)
    facts = checks.read(
        batch.frames, caller=caller, received_ms=received_ms, previous=previous, screens=batch.screens
    )
    whole = sessions.add(session, batch.mode, batch.number, facts)
    if whole is None:
        raise TooManyFrames
    _keep_frames(sessions, session, batch, facts, judged={one.digest for one in whole})
    if sessions.is_over(session):
        # Nothing may stay of what was read while the verdict was told.
        sessions.drop(session)
        raise SessionOver
    return face.progress(session.challenge, whole)


def judge(
    checks: FaceChecks,
    sessions: FaceSessions,
    session: FaceSession,
    *,
    refused_by: str | None,
    register: Register,
    number: str,
    keep_reference: KeepReference | None,
    find_template: FindTemplate,
    keeping: Keeping,
) -> Judgement:
    """The verdict over a session that the caller has taken; afterwards nothing of the face is left in the
    store. What may be kept of it goes along with the judgement.

    No transaction may be held: the register may lie beyond a network.
    """
    facts = sessions.facts(session, session.mode)
    portrait = sessions.take_portrait(session)
    frames = sessions.take_evidence(session)
    sessions.drop(session)
    comparing = _Comparing(checks, session, facts, portrait, register, number, keep_reference, find_template)
    made: KeptFace | None = None
    try:
        if refused_by is not None:
            judgement = _judgement(checks.judge(session.challenge, facts, None), refused_by)
        else:
            judgement = comparing.judgement()
        if keeping.template and _may_be_kept(judgement, session):
            made = checks.template(facts)
    except face.FaceUnavailable:
        judgement = Judgement(FACE_UNAVAILABLE, None, (), (), ())
    return replace(judgement, left=Keepable(made, frames if keeping.evidence else ()))


def _may_be_kept(judgement: Judgement, session: FaceSession) -> bool:
    """As a template: the right person by the register's word, before a live camera, which proves the most."""
    return judgement.reason is None and judgement.reference in FROM_REGISTER and session.mode == "live"


@dataclass(frozen=True, slots=True, repr=False)
class _Comparing:
    """One face, and whatever there is to compare it with, in the order of what is believed."""

    checks: FaceChecks
    session: FaceSession
    facts: "Sequence[FrameFacts]"
    portrait: bytes | None
    register: Register
    number: str
    keep_reference: KeepReference | None
    find_template: FindTemplate

    def judgement(self) -> Judgement:
        """Raises FaceUnavailable."""
        try:
            return self._by_register()
        except RegisterUnavailable:
            return self._by_template() or Judgement(REGISTER_UNAVAILABLE, None, (), (), ())

    def _by_register(self) -> Judgement:
        photo, portrait = self.register.photo(self.number), self.portrait
        # Without a photo the same work is done, or the time would tell which numbers have one.
        verdict = self.checks.judge(self.session.challenge, self.facts, photo or portrait)
        # A portrait, too, has to be of the face that was alive: it may come from frames that nobody judged.
        reason = _reason(verdict)
        if photo is not None:
            return _judgement(verdict, reason, reference="photo")
        if portrait is None:
            # Who was to show one and did not gets no other answer than the register's.
            by_template = None if self.session.keeps_portrait else self._by_template()
            return by_template or _judgement(verdict, reason)
        if reason is not None:
            return _judgement(verdict, reason)
        return self._without_photo(verdict, portrait)

    def _without_photo(self, verdict: "Verdict", portrait: bytes) -> Judgement:
        """The register may compare by itself; in the sandbox the first capture may become its photo."""
        matched = self.register.compare(self.number, portrait)
        if matched is not None:
            return _judgement(verdict, None if matched else "match", reference="register")
        by_template = self._by_template()
        if by_template is not None:
            return by_template
        if self.keep_reference is not None and self.keep_reference(portrait):
            return _judgement(verdict, None, took_reference=True, reference="first_capture")
        return _judgement(verdict, NO_REFERENCE)

    def _by_template(self) -> Judgement | None:
        kept = self.find_template()
        if kept is None:
            return None
        verdict = self.checks.judge(self.session.challenge, self.facts, kept)
        return _judgement(verdict, _reason(verdict), reference="template")


def _reason(verdict: "Verdict") -> str | None:
    if verdict.live and verdict.matched:
        return None
    # Fails closed: whatever the engine leaves unsaid is no match.
    return str(verdict.refused_by or "match")


def _judgement(
    verdict: "Verdict", reason: str | None, *, took_reference: bool = False, reference: str | None = None
) -> Judgement:
    return Judgement(
        reason=reason,
        advice=None if reason is None or verdict.advice is None else str(verdict.advice),
        gates=tuple(gate.name for gate in (*verdict.gates, *verdict.signals)),
        scores=tuple(round(float(gate.score), 4) for gate in (*verdict.gates, *verdict.signals)),
        models=tuple(verdict.models.values()),
        unproved=verdict.unproved,
        took_reference=took_reference,
        reference=reference,
        verdict=verdict,
    )


def _keep_frames(
    sessions: FaceSessions,
    session: FaceSession,
    batch: Batch,
    facts: "Sequence[FrameFacts]",
    *,
    judged: Set[str],
) -> None:
    """What has to wait for the verdict, the first of each: the portrait, and a frame of each moment.

    `judged`: digests of the frames that the verdict will be over. A batch behind a gap, or under a number
    that was there, is none of them: its pictures would be evidence of somebody whom nobody checked.
    """
    found = [
        (one, image) for one, (image, _) in zip(facts, batch.frames, strict=True) if one.digest in judged
    ]
    portrait = next((image for one, image in found if is_portrait(one)), None)
    if session.keeps_portrait and portrait is not None:
        sessions.keep_portrait(session, portrait)
    if session.keeps_evidence:
        for moment, image in {moment_of(one): image for one, image in reversed(found)}.items():
            if moment is not None:
                sessions.keep_evidence(session, moment, image)
