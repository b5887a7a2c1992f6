"""A verdict as evidence: what was asked, which networks judged, what each gate said. No image, no face.

Plain JSON values, for whoever signs them (the provider does, as a JWT) or files them. It names nobody:
neither a person nor a template can be put in, and `nonce` and `consent` are the caller's words for the
question and for the permission, which a signer may replace by digests of its own.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal, get_args

from liveness.challenge import Challenge
from liveness.types import Action, GateScore, Refusal, Verdict

Camera = Literal["live", "film", "played"]
"""`film`: a recording whose movements were told beforehand, which proves less. `played`: there was no camera,
and nobody before it; a sandbox said what came of the check."""
Matcher = Literal["engine", "template", "register"]
"""Who found that the face is the right one: a network of ours, by a photo of the register; the same by a
template that the person lets us keep; or the register by its own means."""

VERSION = 1
DIGITS = 3
"""Of scores: enough to see by how much a gate was passed."""
MOST_ITEMS = 16
LATEST = 253_402_300_799  # the last second of the year 9999
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}(/[A-Za-z0-9._-]{1,64})?")
SHA256 = re.compile(r"[0-9a-f]{64}")
ACTIONS = frozenset(action.value for action in Action)
REFUSALS = frozenset(refusal.value for refusal in Refusal)


class ReceiptInvalid(ValueError):
    """Not the claims of a receipt. Says which part, never what it held."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`asked_at`, `judged_at`: to the second. `matched_by`: None when nobody said that the face matches.
    `unproved`: gates that this question could not try. `models`: role -> SHA-256 of the weights."""

    nonce: str
    asked_at: datetime
    judged_at: datetime
    actions: tuple[Action, ...]
    camera: Camera
    live: bool
    matched_by: Matcher | None
    refused_by: Refusal | None
    gates: tuple[GateScore, ...]
    unproved: tuple[str, ...]
    models: Mapping[str, str]
    consent: str | None = None

    @classmethod
    def of(
        cls,
        verdict: Verdict,
        challenge: Challenge,
        *,
        judged_at: datetime,
        camera: Camera = "live",
        consent: str | None = None,
        matched_by: Matcher | None = None,
    ) -> Receipt:
        """:param matched_by: who compared. A match that the caller does not take for the engine's, because
        the picture that it was given was no reference, is left out of the gates."""
        return cls(
            nonce=challenge.nonce,
            asked_at=challenge.issued_at.replace(microsecond=0),
            judged_at=judged_at.replace(microsecond=0),
            actions=verdict.actions or challenge.actions,
            camera=camera,
            live=verdict.live,
            matched_by=matched_by,
            refused_by=verdict.refused_by,
            gates=tuple(
                GateScore(gate.name, _rounded(gate.score), _rounded(gate.threshold), gate.passed, gate.reason)
                for gate in verdict.gates
                if gate.name != "match" or not gate.passed or matched_by in ("engine", "template")
            ),
            unproved=verdict.unproved,
            models=dict(verdict.models),
            consent=consent,
        )

    def to_claims(self) -> dict[str, Any]:
        """About 1 kB as compact JSON. What is not so is left out, as JWT claims are."""
        claims: dict[str, Any] = {
            "version": VERSION,
            "nonce": self.nonce,
            "asked_at": int(self.asked_at.timestamp()),
            "judged_at": int(self.judged_at.timestamp()),
            "actions": [action.value for action in self.actions],
            "camera": self.camera,
            "live": self.live,
            "matched_by": self.matched_by,
            "refused_by": None if self.refused_by is None else self.refused_by.value,
            "gates": [_without_none(asdict(gate)) for gate in self.gates],
            "unproved": list(self.unproved),
            "models": dict(self.models),
            "consent": self.consent,
        }
        return _without_none(claims)

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Receipt:
        """Inverse of `to_claims`. Anything missing, added, of another type or out of bounds is refused.

        :raises ReceiptInvalid: names the part.
        """
        found = _Reader(claims, "receipt")
        found.take("version", lambda value: type(value) is int and value == VERSION)
        receipt = cls(
            nonce=found.take("nonce", _is_token),
            asked_at=_time(found.take("asked_at", _is_time)),
            judged_at=_time(found.take("judged_at", _is_time)),
            actions=tuple(map(Action, found.take("actions", lambda value: _are(value, _is_action)))),
            camera=found.take("camera", lambda value: value in get_args(Camera)),
            live=found.take("live", lambda value: isinstance(value, bool)),
            matched_by=found.maybe("matched_by", lambda value: value in get_args(Matcher)),
            refused_by=_refusal(found.maybe("refused_by", _is_refusal)),
            gates=tuple(map(_gate, found.take("gates", lambda value: _are(value, _is_object)))),
            unproved=tuple(found.take("unproved", lambda value: _are(value, _is_name))),
            # Nothing judged what was played.
            models=dict(found.take("models", lambda value: _are_models(value) or _is_played(claims, value))),
            consent=found.maybe("consent", _is_token),
        )
        found.is_empty()
        return receipt

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal over all but `nonce` and `consent`, which a signer may have replaced: so
        whoever holds a signed receipt finds the check in the log, and no two holders share an identifier."""
        claims = self.to_claims()
        told = {name: value for name, value in claims.items() if name not in ("nonce", "consent")}
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return sha256(text.encode("ascii")).hexdigest()


class _Reader:
    """Takes the members of an object one by one; what is left at the end was not asked for."""

    def __init__(self, members: Mapping[str, Any], where: str) -> None:
        if not isinstance(members, Mapping):
            raise ReceiptInvalid(where)
        self._left = dict(members)
        self._where = where

    def take(self, name: str, is_right: Callable[[Any], bool]) -> Any:
        if name not in self._left or not is_right(self._left[name]):
            raise ReceiptInvalid(f"{self._where}.{name}")
        return self._left.pop(name)

    def maybe(self, name: str, is_right: Callable[[Any], bool]) -> Any:
        return self.take(name, is_right) if name in self._left else None

    def is_empty(self) -> None:
        if self._left:
            raise ReceiptInvalid(f"{self._where}: more members than a receipt has")


def _gate(value: Mapping[str, Any]) -> GateScore:
    found = _Reader(value, "receipt.gates")
    gate = GateScore(
        name=found.take("name", _is_name),
        score=found.take("score", _is_score),
        threshold=found.take("threshold", _is_score),
        passed=found.take("passed", lambda value: isinstance(value, bool)),
        reason=_refusal(found.maybe("reason", _is_refusal)),
    )
    found.is_empty()
    return gate


def _rounded(score: float) -> float:
    return round(float(score), DIGITS)


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _refusal(value: str | None) -> Refusal | None:
    return None if value is None else Refusal(value)


def _is_token(value: object) -> bool:
    return isinstance(value, str) and TOKEN.fullmatch(value) is not None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def _is_time(value: object) -> bool:
    return type(value) is int and 0 <= value <= LATEST


def _is_score(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and abs(value) < LATEST  # type: ignore[arg-type]


def _is_action(value: object) -> bool:
    return isinstance(value, str) and value in ACTIONS


def _is_refusal(value: object) -> bool:
    return isinstance(value, str) and value in REFUSALS


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)


def _are(value: object, is_right: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and len(value) <= MOST_ITEMS and all(map(is_right, value))


def _is_played(claims: Mapping[str, Any], models: object) -> bool:
    return models == {} and claims.get("camera") == "played"


def _are_models(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and 0 < len(value) <= MOST_ITEMS
        and all(map(_is_name, value))
        and all(isinstance(one, str) and SHA256.fullmatch(one) for one in value.values())
    )
