"""The only door to the liveness engine: one engine a process, a bounded number of checks at once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import SystemRandom
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from idp.login.factors.fair_queue import Caller as Caller
from idp.login.factors.fair_queue import FairQueue
from idp.login.factors.turns import FaceBusy as FaceBusy
from idp.login.factors.turns import Turns
from idp.people.face_templates import KeptFace
from idp.settings import Settings

if TYPE_CHECKING:
    # Named again for the rest of the room: nothing else imports the engine.
    from liveness import Camera as Camera
    from liveness import Challenge as Challenge
    from liveness import FaceTemplate as FaceTemplate
    from liveness import FrameFacts as FrameFacts
    from liveness import Matcher as Matcher
    from liveness import ModelPack, Screen
    from liveness import Progress as Progress
    from liveness import Receipt as Receipt
    from liveness import Verdict as Verdict

LOGGER = logging.getLogger(__name__)
LONGEST_WAIT_SECONDS = 2.0
"""How long a batch waits for its turn; a page that sends one batch at a time then asks again."""
THREADS_LEFT = 2
"""Of a process, for everybody who shows no face: whoever waits for a turn holds a thread."""
ACTIONS_WITHOUT_TURNS = 3
"""Blink, open mouth, nod."""
METHOD = "face"
AMR = ("face", "user")
"""RFC 8176: facial recognition, and a test of user presence."""
LEVEL = 3


class FaceUnavailable(Exception):
    """The networks are missing or not the pinned ones; the other ways go on."""


class PictureRefused(Exception):
    """A frame that is hostile, broken or of no use. `reason` is the engine's code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Engine(Protocol):
    """What is asked of `liveness.Engine`; a parameter of FaceChecks, so that tests may pass their own."""

    def read(
        self,
        image: bytes,
        *,
        t_ms: int,
        received_ms: int,
        previous: "Sequence[FrameFacts] | None" = None,
        screen: "Screen | None" = None,
    ) -> "FrameFacts": ...

    def judge(
        self,
        challenge: "Challenge",
        facts: Sequence["FrameFacts"],
        reference: "bytes | FaceTemplate | None",
    ) -> "Verdict": ...

    @property
    def match_model(self) -> str: ...

    def template(self, facts: Sequence["FrameFacts"]) -> "FaceTemplate | None": ...


class FaceChecks:
    """The engine of this process. It opens when first needed, so that a provider starts at once."""

    def __init__(
        self,
        open_engine: Callable[[], Engine],
        *,
        at_once: int,
        waiting_at_most: int = 4,
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        queue = FairQueue(at_once=at_once, waiting_at_most=waiting_at_most)
        self._turns = Turns(queue, longest_wait_seconds=longest_wait_seconds)
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._failed = False
        self._opening = Lock()

    @staticmethod
    def pack_of(settings: Settings) -> "ModelPack":
        """The networks that the settings choose. Raises ManifestInvalid, ModelMissing, ModelTampered."""
        from liveness import ModelPack

        chosen = settings.liveness
        override = chosen.override_manifest
        return ModelPack.load(
            settings.path(chosen.models_directory),
            packs=chosen.packs,
            override=None if override is None else settings.path(override),
            match_network=chosen.match_network,
            match_far=chosen.match_far,
            thresholds={str(gate): line for gate, line in chosen.thresholds.items()},
        )

    @classmethod
    def of(cls, settings: Settings) -> "FaceChecks":
        def open_engine() -> Engine:
            from liveness import Engine as RealEngine

            return RealEngine(cls.pack_of(settings), random=SystemRandom())

        at_once = settings.liveness.checks_at_once
        waiting = max(1, settings.server.threads - at_once - THREADS_LEFT)
        return cls(open_engine, at_once=at_once, waiting_at_most=waiting)

    def match_model(self) -> str:
        """SHA-256 of the network that embeds faces. Raises FaceUnavailable."""
        return self._opened().match_model

    def template(self, facts: Sequence["FrameFacts"]) -> KeptFace | None:
        """The face of a session that was judged live and matched, for who agreed to its being kept.

        Raises FaceUnavailable.
        """
        made = self._opened().template(facts)
        return None if made is None else KeptFace(made.model, made.vector)

    def is_available(self) -> bool:
        try:
            self._opened()
        except FaceUnavailable:
            return False
        return True

    def read(
        self,
        frames: Sequence[tuple[bytes, int]],
        *,
        caller: Caller,
        received_ms: int,
        previous: "Sequence[FrameFacts]",
        screens: Sequence[tuple[int, int] | None] = (),
    ) -> "tuple[FrameFacts, ...]":
        """The facts of one batch of (encoded image, capture time in ms), after the `previous` ones.

        `screens`: for each frame the place of the colour that was shown and since when, if any were.

        Raises FaceUnavailable, FaceBusy, PictureRefused.
        """
        from liveness import ImageRefused, Screen

        engine = self._opened()
        facts = list(previous)
        shown = [None if one is None else Screen(*one) for one in screens] or [None] * len(frames)
        with self._turns.batch(caller):
            try:
                for (image, t_ms), screen in zip(frames, shown, strict=True):
                    facts.append(
                        engine.read(image, t_ms=t_ms, received_ms=received_ms, previous=facts, screen=screen)
                    )
            except ImageRefused as error:
                raise PictureRefused(error.reason) from None
        return tuple(facts[len(previous) :])

    def judge(
        self,
        challenge: "Challenge",
        facts: Sequence["FrameFacts"],
        reference: bytes | KeptFace | None,
    ) -> "Verdict":
        """The verdict over a whole session. Raises FaceUnavailable; waits for its turn, however long:
        the session is taken already, and a refusal for want of a place would lose the person's try."""
        engine = self._opened()
        with self._turns.verdict():
            return engine.judge(challenge, facts, _to_compare_with(reference))

    def _opened(self) -> Engine:
        if self._engine is None:
            with self._opening:
                if self._engine is None:
                    self._engine = self._open()
        return self._engine

    def _open(self) -> Engine:
        from liveness import ManifestInvalid, ModelMissing, ModelTampered

        if self._failed:
            raise FaceUnavailable
        try:
            return self._open_engine()
        except (ManifestInvalid, ModelMissing, ModelTampered) as error:
            # Told once: the models are looked at again when the process starts again.
            self._failed = True
            LOGGER.error("face checks are off: %s", error)  # noqa: TRY400 - a trace adds nothing
            raise FaceUnavailable from None


def new_challenge(settings: Settings, now: datetime, *, allow_turns: bool = True) -> "Challenge":
    from liveness import new_challenge as draw

    chosen = settings.liveness
    return draw(
        now,
        random=SystemRandom(),
        actions=chosen.actions if allow_turns else min(chosen.actions, ACTIONS_WITHOUT_TURNS),
        allow_turns=allow_turns,
        seconds=chosen.session_seconds,
        window_ms=chosen.action_window_ms,
        flash=chosen.flash,
    )


def progress(challenge: "Challenge", facts: Sequence["FrameFacts"]) -> "Progress":
    from liveness import progress as compute

    return compute(challenge, facts)


def _to_compare_with(reference: bytes | KeptFace | None) -> "bytes | FaceTemplate | None":
    from liveness import FaceTemplate

    return FaceTemplate(reference.model, reference.vector) if isinstance(reference, KeptFace) else reference


def receipt(
    verdict: "Verdict",
    challenge: "Challenge",
    *,
    judged_at: datetime,
    camera: "Camera",
    consent: str | None,
    matched_by: "Matcher | None",
) -> "Receipt":
    from liveness import Receipt

    return Receipt.of(
        verdict, challenge, judged_at=judged_at, camera=camera, consent=consent, matched_by=matched_by
    )


def receipt_from_claims(claims: Mapping[str, Any]) -> "Receipt":
    """Raises ValueError, which names the part that is none of a receipt."""
    from liveness import Receipt

    return Receipt.from_claims(claims)


def challenge_from_json(text: str) -> "Challenge":
    from liveness import Challenge

    return Challenge.from_json(text)


def verdict_from_json(text: str) -> "Verdict":
    from liveness import Verdict

    return Verdict.from_json(text)


def facts_from_json(text: str) -> "FrameFacts":
    from liveness import FrameFacts

    return FrameFacts.from_json(text)
