"""An engine whose pictures are words: a frame says which pose it shows. The course of a challenge is real."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from liveness import (
    Challenge,
    Face,
    FaceTemplate,
    FrameFacts,
    GateScore,
    ImageRefused,
    Refusal,
    Screen,
    Verdict,
    progress,
)

PHOTO_OF = b"photo of "
NEUTRAL = {"yaw": 0.0, "pitch": 0.0, "mouth": 0.05, "closed": 0.02}
POSES: dict[str, dict[str, float]] = {
    "neutral": {},
    "turn_left": {"yaw": 30.0},
    "turn_right": {"yaw": -30.0},
    "open_mouth": {"mouth": 0.4},
    "nod": {"pitch": 20.0},
    "blink": {"closed": 0.95},
}


def posed(text: str) -> dict[str, float]:
    """A pose such as `turn_left`, or a share of it on the way there: `turn_left@0.5`."""
    name, _, share = text.partition("@")
    part = float(share or "1")
    return NEUTRAL | {key: NEUTRAL[key] + part * (value - NEUTRAL[key]) for key, value in POSES[name].items()}


def picture(person: str, pose: str, serial: int) -> bytes:
    """What a camera would give: who is before it, in which pose."""
    return json.dumps({"person": person, "pose": pose, "serial": serial}).encode()


@dataclass
class ActingEngine:
    """`live`: what the gates other than challenge and match say."""

    live: bool = True
    judged: int = 0
    meanwhile: Callable[[], None] | None = None
    """Happens while the verdict is made."""
    persons: dict[str, str] = field(default_factory=dict)
    match_model: str = "a" * 64

    def read(
        self,
        image: bytes,
        *,
        t_ms: int,
        received_ms: int,
        previous: Sequence[FrameFacts] | None = None,
        screen: Screen | None = None,
    ) -> FrameFacts:
        try:
            shown = json.loads(image)
        except ValueError:
            raise ImageRefused("undecodable") from None
        digest = hashlib.sha256(image).hexdigest()
        self.persons[digest] = shown["person"]
        pose = posed(shown["pose"])
        face = Face(
            box=(100.0, 120.0, 250.0, 330.0),
            points=(0.0,) * 10,
            landmarks=(0.0,) * 136,
            brightness=120.0,
            sharpness=200.0,
            **pose,
        )
        return FrameFacts(t_ms, received_ms, 480, 640, digest, 1, face, screen=screen)

    def template(self, facts: Sequence[FrameFacts]) -> FaceTemplate | None:
        """A vector that says who it is of."""
        (person,) = {self.persons[frame.digest] for frame in facts}
        return FaceTemplate(self.match_model, tuple(float(byte) for byte in person.encode()))

    def judge(
        self, challenge: Challenge, facts: Sequence[FrameFacts], reference: bytes | FaceTemplate | None
    ) -> Verdict:
        self.judged += 1
        if self.meanwhile is not None:
            self.meanwhile()
        course = progress(challenge, facts)
        gates = [
            GateScore("challenge", float(course.done), 1.0, course.done, course.refused_by),
            GateScore("antispoof", 0.9, 0.5, self.live, None if self.live else Refusal.ANTISPOOF),
        ]
        live = course.done and self.live
        matched = None
        if reference is not None:
            seen = {self.persons[frame.digest] for frame in facts}
            matched = seen == {_person_of(reference)}
            gates.append(GateScore("match", float(matched), 0.4, matched, None if matched else Refusal.MATCH))
        refused_by = next((gate.reason for gate in gates if not gate.passed), None)
        unproved = () if challenge.turns else ("planarity",)
        return Verdict(live, matched, refused_by, None, tuple(gates), unproved, {"pad": "0" * 64})


def _person_of(reference: bytes | FaceTemplate) -> str:
    if isinstance(reference, FaceTemplate):
        return bytes(int(value) for value in reference.vector).decode()
    if reference.startswith(PHOTO_OF):
        return reference.removeprefix(PHOTO_OF).decode()
    return str(json.loads(reference)["person"])
