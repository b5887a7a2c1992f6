"""Face checks as the engine judges them: its gates in their order, and what each of them says."""

from collections.abc import Mapping

from idp.audit.events.faces import FaceChecked, FaceRefused
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.town import MODELS

GATES = (
    "frames",
    "one_face",
    "challenge",
    "planarity",
    "same_face",
    "antispoof",
    "quality",
    "flash",
    "match",
)
OF_REASON = {
    "frames_repeated": "frames",
    "frames_time": "frames",
    "one_face": "one_face",
    "too_slow": "challenge",
    "wrong_order": "challenge",
    "flat": "planarity",
    "other_face": "same_face",
    "antispoof": "antispoof",
    "quality": "quality",
    "flash": "flash",
    "match": "match",
}
"""The gate that refuses for it."""
USUAL = {
    "frames": (0.97, 1.0),
    "one_face": (0.94, 1.0),
    "challenge": (1.0, 1.0),
    "planarity": (0.11, 0.34),
    "same_face": (0.7, 0.95),
    "antispoof": (0.68, 0.97),
    "quality": (0.66, 1.0),
    "flash": (0.991, 1.0),
    "match": (0.48, 0.81),
}
BELOW = {
    "frames": (0.05, 0.4),
    "one_face": (0.3, 0.8),
    "challenge": (0.0, 0.5),
    "planarity": (0.0, 0.04),
    "same_face": (0.05, 0.3),
    "antispoof": (0.03, 0.4),
    "quality": (0.1, 0.45),
    "flash": (0.0, 0.6),
    "match": (0.0, 0.3),
}
REGISTER_SILENT = "register_unavailable"
TOO_MANY_TRIES = "too_many_tries"
Scores = Mapping[str, float]


def scores(draws: Draws, reason: str | None = None) -> Scores:
    """Of a live face; of one refused for `reason`, its gate's below the line."""
    failed = OF_REASON.get(reason or "")
    return {gate: round(draws.uniform(*(BELOW if gate == failed else USUAL)[gate]), 4) for gate in GATES}


def checked(draws: Draws, person_id: str, said: Scores | None = None, *, camera: str = "live") -> FaceChecked:
    found = scores(draws) if said is None else said
    return FaceChecked(
        person_id=person_id,
        purpose="presence",
        gates=tuple(found),
        scores=tuple(found.values()),
        models=MODELS,
        camera=camera,
        reference="photo",
        check_id=draws.short(),
        receipt=draws.digest(),
    )


def refused(
    draws: Draws, person_id: str, reason: str, said: Scores | None = None, *, camera: str = "live"
) -> FaceRefused:
    if reason in (REGISTER_SILENT, TOO_MANY_TRIES, "incomplete"):
        return FaceRefused(person_id, "presence", reason)
    found = scores(draws, reason) if said is None else said
    return FaceRefused(
        person_id=person_id,
        purpose="presence",
        reason=reason,
        gates=tuple(found),
        scores=tuple(found.values()),
        models=MODELS,
        camera=camera,
        reference="photo",
        check_id=draws.short(),
        receipt=draws.digest(),
    )
