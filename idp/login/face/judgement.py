"""What came out of a face check, as the log, the person and the receipt are told of it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from idp.audit.events.faces import FaceChecked, FaceRefused
from idp.login.face.keeping import Keepable
from idp.oidc.claims.receipts import Evidence

if TYPE_CHECKING:
    from idp.login.factors.face import Verdict


Camera = Literal["live", "film", "played"]
"""`played`: there was none; a sandbox said what came of the check."""


@dataclass(frozen=True)
class Judgement:
    """The end of a session. `reason` is None when the person is here and is the right one."""

    reason: str | None
    advice: str | None
    gates: tuple[str, ...]
    scores: tuple[float, ...]
    models: tuple[str, ...]
    took_reference: bool = False
    camera: Camera = "live"
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


def reason_of(verdict: "Verdict") -> str | None:
    """None when the face was live and the right one."""
    if verdict.live and verdict.matched:
        return None
    # Fails closed: whatever the engine leaves unsaid is no match.
    return str(verdict.refused_by or "match")


def judgement_of(
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
