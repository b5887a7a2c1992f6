"""The face step without its pages: batches in, progress out, and the verdict at its end.

One process may serve one batch and another the next: all that is known of a session lies in the
ephemeral store. The verdict belongs to whoever takes the session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from idp.audit.events import FaceChecked, FaceRefused
from idp.login.face_sessions import FaceSession, FaceSessions
from idp.login.face_upload import Batch, Mode
from idp.login.factors import face
from idp.login.factors.face import FaceChecks
from idp.people.registry import Register, RegisterUnavailable

if TYPE_CHECKING:
    from idp.login.factors.face import FrameFacts, Progress, Verdict

NO_REFERENCE = "reference_missing"
REGISTER_UNAVAILABLE = "register_unavailable"
FACE_UNAVAILABLE = "face_unavailable"

KeepReference = Callable[[bytes], bool]
"""Makes a portrait the register's photo of the person who stands there; the sandbox alone has one."""


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

    def event(self, person_id: str | None, purpose: str) -> FaceChecked | FaceRefused:
        if self.reason is None:
            return FaceChecked(person_id, purpose, self.gates, self.scores, self.models, self.camera)
        return FaceRefused(person_id, purpose, self.reason, self.gates, self.scores, self.models, self.camera)


class TooManyFrames(Exception):
    """The page sent more than one session may take; the session is over."""


def add_batch(
    checks: FaceChecks, sessions: FaceSessions, session: FaceSession, batch: Batch, *, received_at: datetime
) -> "Progress":
    """Read one batch and say where the person is.

    Raises FaceUnavailable, FaceBusy, PictureRefused, TooManyFrames.
    """
    # A film comes in after it was taken: only its own clock says when.
    received_ms = session.since_start_ms(received_at) if batch.mode == "live" else batch.frames[0][1]
    facts = checks.read(batch.frames, received_ms=received_ms, previous=sessions.facts(session, batch.mode))
    if session.keeps_portrait:
        _keep_portrait(sessions, session, batch, facts)
    whole = sessions.add(session, batch.mode, batch.number, facts)
    if whole is None:
        raise TooManyFrames
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
) -> Judgement:
    """The verdict over a session that the caller has taken; afterwards nothing of the face is left.

    No transaction may be held: the register may lie beyond a network.
    """
    facts = sessions.facts(session, session.mode)
    portrait = sessions.take_portrait(session)
    sessions.drop(session)
    try:
        if refused_by is not None:
            return _judgement(checks.judge(session.challenge, facts, None), refused_by)
        photo = register.photo(number)
        # Without a photo the same work is done, or the time would tell which numbers have one.
        verdict = checks.judge(session.challenge, facts, photo or portrait)
        # A portrait, too, has to be of the face that was alive: it may come from frames that nobody judged.
        reason = _reason(verdict)
        if photo is not None or portrait is None or reason is not None:
            return _judgement(verdict, reason)
        return _without_photo(verdict, portrait, register, number, keep_reference)
    except RegisterUnavailable:
        return Judgement(REGISTER_UNAVAILABLE, None, (), (), ())
    except face.FaceUnavailable:
        return Judgement(FACE_UNAVAILABLE, None, (), (), ())


def _without_photo(
    verdict: "Verdict",
    portrait: bytes,
    register: Register,
    number: str,
    keep_reference: KeepReference | None,
) -> Judgement:
    """The register may compare by itself; in the sandbox the first capture may become its photo."""
    matched = register.compare(number, portrait)
    if matched is not None:
        return _judgement(verdict, None if matched else "match")
    if keep_reference is not None and keep_reference(portrait):
        return _judgement(verdict, None, took_reference=True)
    return _judgement(verdict, NO_REFERENCE)


def _reason(verdict: "Verdict") -> str | None:
    if verdict.live and verdict.matched:
        return None
    # Fails closed: whatever the engine leaves unsaid is no match.
    return str(verdict.refused_by or "match")


def _judgement(verdict: "Verdict", reason: str | None, *, took_reference: bool = False) -> Judgement:
    return Judgement(
        reason=reason,
        advice=None if reason is None or verdict.advice is None else str(verdict.advice),
        gates=tuple(gate.name for gate in verdict.gates),
        scores=tuple(round(float(gate.score), 4) for gate in verdict.gates),
        models=tuple(verdict.models.values()),
        took_reference=took_reference,
    )


def _keep_portrait(
    sessions: FaceSessions, session: FaceSession, batch: Batch, facts: "Sequence[FrameFacts]"
) -> None:
    for (image, _), one in zip(batch.frames, facts, strict=True):
        if face.is_portrait(one):
            sessions.keep_portrait(session, image)
            return
