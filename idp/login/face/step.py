"""The face step without its pages: batches in, progress out, and the verdict at its end.

One process may serve one batch and another the next: all that is known of a session lies in the
ephemeral store. The verdict belongs to whoever takes the session.
"""

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from idp.login.face.comparison import Comparison, References
from idp.login.face.judgement import Judgement, judgement_of
from idp.login.face.keeping import Keepable, Keeping
from idp.login.face.sessions import FaceSession, FaceSessions
from idp.login.face.upload import Batch
from idp.login.factors import face
from idp.login.factors.face import FaceChecks
from idp.login.factors.moments import is_portrait, moment_of
from idp.people.face_templates import KeptFace

if TYPE_CHECKING:
    from idp.login.factors.face import FrameFacts, Progress

FACE_UNAVAILABLE = "face_unavailable"

FROM_REGISTER = frozenset({"photo", "register"})
"""References that the register answers for: a template is made of such a check alone, never of another
template, so that a face cannot drift away from the register's."""


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
    references: References,
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
    comparison = Comparison(checks, session, facts, portrait, references)
    made: KeptFace | None = None
    try:
        if refused_by is not None:
            judgement = judgement_of(checks.judge(session.challenge, facts, None), refused_by)
        else:
            judgement = comparison.judgement()
        if keeping.template and _may_be_kept(judgement, session):
            made = checks.template(facts)
    except face.FaceUnavailable:
        judgement = Judgement(FACE_UNAVAILABLE, None, (), (), ())
    return replace(judgement, left=Keepable(made, frames if keeping.evidence else ()))


def _may_be_kept(judgement: Judgement, session: FaceSession) -> bool:
    """As a template: the right person by the register's word, before a live camera, which proves the most."""
    return judgement.reason is None and judgement.reference in FROM_REGISTER and session.mode == "live"


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
