"""Frozen results: numbers alone, no pixels. They serialise compactly, for an encrypted store.

This module imports neither numpy nor OpenCV, so that whoever only routes facts stays light.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from liveness.colours import Flash, Screen


class Action(StrEnum):
    """What a person is asked to do. Left and right are the person's own; frames are not mirrored."""

    BLINK = "blink"
    OPEN_MOUTH = "open_mouth"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    NOD = "nod"


class Refusal(StrEnum):
    """Every `refused_by` there is; each belongs to one gate."""

    FRAMES_TOO_FEW = "frames_too_few"
    FRAMES_REPEATED = "frames_repeated"
    FRAMES_TIME = "frames_time"
    FRAMES_SIZE = "frames_size"
    ONE_FACE = "one_face"
    WRONG_ORDER = "wrong_order"
    TOO_SLOW = "too_slow"
    EXPIRED = "expired"
    INCOMPLETE = "incomplete"
    FLAT = "flat"
    OTHER_FACE = "other_face"
    ANTISPOOF = "antispoof"
    QUALITY = "quality"
    FLASH = "flash"
    MATCH = "match"
    REFERENCE_UNUSABLE = "reference_unusable"


class Advice(StrEnum):
    """What the person can do better, as a code that the page puts into words."""

    FACE_IN_OVAL = "face_in_oval"
    ONE_FACE = "one_face"
    MOVE_CLOSER = "move_closer"
    MOVE_BACK = "move_back"
    MORE_LIGHT = "more_light"
    LESS_LIGHT = "less_light"
    HOLD_STILL = "hold_still"
    HOLD_TURN = "hold_turn"
    LOOK_STRAIGHT = "look_straight"
    CLOSE_MOUTH = "close_mouth"
    TURN_OTHER_WAY = "turn_other_way"
    TURN_FURTHER = "turn_further"


@dataclass(frozen=True, slots=True)
class Face:
    """The largest face of a frame, in pixels of the frame.

    `points`: five (eyes, nose, mouth corners; image left before image right), x then y of each.
    `landmarks`: 68 of the iBUG scheme, x then y of each. `yaw`, `pitch`: degrees, estimated, comparable
    within a session only; yaw is positive towards the person's own left, pitch downwards. `mouth`: gap of
    the inner lips in distances from eyes to upper lip. `closed`: probability that the eyes are closed.
    """

    box: tuple[float, float, float, float]
    points: tuple[float, ...] = field(repr=False)
    landmarks: tuple[float, ...] = field(repr=False)
    yaw: float
    pitch: float
    mouth: float
    closed: float
    brightness: float
    sharpness: float


Rgb = tuple[float, float, float]
"""Linear light, 0 to 1."""


@dataclass(frozen=True, slots=True)
class FrameLight:
    """Means over both cheeks and the forehead, and over what lies beside the head. None: clipped, black,
    or out of the frame."""

    skin: tuple[Rgb | None, ...]
    ground: Rgb | None


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What one frame says.

    `t_ms`: when it was taken, by the page's clock since its start; `received_ms`: when it came in, by the
    server's clock since the session's start. `digest`: of the encoded bytes. `faces`: how many of
    notable size. `pad`: one vote a network, 0 attack to 1 live. Both `pad` and `embedding` are costly
    and there on some frames only. `by_lot`: compared whatever the rules say. `cpu_ms`: by stage; no part of
    what the frame says. What tells a face from others stays out of `repr`, and so out of tracebacks.
    `screen` and `light`: while colours are shown alone.
    """

    t_ms: int
    received_ms: int
    width: int
    height: int
    digest: str
    faces: int
    face: Face | None = None
    pad: tuple[float, ...] | None = None
    embedding: tuple[float, ...] | None = field(default=None, repr=False)
    by_lot: bool = False
    screen: Screen | None = None
    light: FrameLight | None = None
    cpu_ms: Mapping[str, float] = field(default_factory=dict, compare=False)

    def to_json(self) -> str:
        """About 1 kB, 1.5 kB with an embedding."""
        document = asdict(self)
        if self.face is not None:
            document["face"]["landmarks"] = _packed(self.face.landmarks)
        if self.embedding is not None:
            document["embedding"] = _packed(self.embedding)
        return json.dumps(document, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> FrameFacts:
        document: dict[str, Any] = json.loads(text)
        if (face := document["face"]) is not None:
            face["landmarks"] = _unpacked(face["landmarks"])
            face["box"], face["points"] = tuple(face["box"]), tuple(face["points"])
            document["face"] = Face(**face)
        if document["pad"] is not None:
            document["pad"] = tuple(document["pad"])
        if document["embedding"] is not None:
            document["embedding"] = _unpacked(document["embedding"])
        if document["screen"] is not None:
            document["screen"] = Screen(**document["screen"])
        if (light := document["light"]) is not None:
            document["light"] = FrameLight(tuple(map(_rgb, light["skin"])), _rgb(light["ground"]))
        return cls(**document)


def _rgb(values: list[float] | None) -> Rgb | None:
    if values is None:
        return None
    red, green, blue = values
    return red, green, blue


def _packed(values: tuple[float, ...]) -> str:
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


def _unpacked(text: str) -> tuple[float, ...]:
    raw = base64.b64decode(text)
    return struct.unpack(f"<{len(raw) // 4}f", raw)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the person is. `action` is what to ask now; it is None while settling and at the end.

    `flash`: the colours to show now; None before and after.
    """

    step: int
    steps: int
    action: Action | None
    done: bool
    refused_by: Refusal | None = None
    advice: Advice | None = None
    flash: Flash | None = None


@dataclass(frozen=True, slots=True)
class GateScore:
    """One gate's say. It passed when `score >= threshold`, unless `reason` says otherwise."""

    name: str
    score: float
    threshold: float
    passed: bool
    reason: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of a session.

    `live`: all gates passed but the match. `matched`: None without a reference.
    `refused_by`: the first failed gate's reason. `unproved`: gates that this challenge could not try.
    `models`: role/name -> sha256. `nonce`: of the challenge. `actions`: what was asked in fact, which eyes
    that cannot be read may change. `signals`: scores that refuse nobody, for the desk. `frames`: how many
    were judged. `cpu_ms`: by stage, over the whole session.
    """

    live: bool
    matched: bool | None
    refused_by: Refusal | None
    advice: Advice | None
    gates: tuple[GateScore, ...]
    unproved: tuple[str, ...]
    models: Mapping[str, str]
    actions: tuple[Action, ...] = ()
    signals: tuple[GateScore, ...] = ()
    nonce: str = ""
    frames: int = 0
    cpu_ms: Mapping[str, float] = field(default_factory=dict, compare=False)

    def to_json(self) -> str:
        """About 1.5 kB; nothing in it tells one face from another."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        document: dict[str, Any] = json.loads(text)
        for name, kind in (("refused_by", Refusal), ("advice", Advice)):
            if document[name] is not None:
                document[name] = kind(document[name])
        for name in ("gates", "signals"):
            document[name] = tuple(map(_gate, document[name]))
        document["unproved"] = tuple(document["unproved"])
        document["actions"] = tuple(map(Action, document["actions"]))
        return cls(**document)


def _gate(document: dict[str, Any]) -> GateScore:
    reason = document.pop("reason")
    return GateScore(**document, reason=None if reason is None else Refusal(reason))
