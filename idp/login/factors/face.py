"""The only door to the liveness engine: one engine a process, a bounded number of checks at once."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from random import SystemRandom
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Protocol

from idp.settings import Settings

if TYPE_CHECKING:
    # Named again for the rest of the room: nothing else imports the engine.
    from liveness import Challenge as Challenge
    from liveness import FaceTemplate as FaceTemplate
    from liveness import FrameFacts as FrameFacts
    from liveness import Progress as Progress
    from liveness import Verdict as Verdict

LOGGER = logging.getLogger(__name__)
LONGEST_WAIT_SECONDS = 2.0
"""How long a batch waits for its turn; a page that sends one batch at a time then asks again."""
WAITING_FOR_EACH_CHECK = 2
ACTIONS_WITHOUT_TURNS = 3
"""Blink, open mouth, nod."""
PORTRAIT_YAW_DEGREES = 10.0
PORTRAIT_MOUTH = 0.2
PORTRAIT_CLOSED = 0.5
METHOD = "face"
AMR = ("face", "user")
"""RFC 8176: facial recognition, and a test of user presence."""
LEVEL = 3


class FaceUnavailable(Exception):
    """The networks are missing or not the pinned ones; the other ways go on."""


class FaceBusy(Exception):
    """Too many checks run. `seconds` is when to come again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many face checks at once")
        self.seconds = seconds


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
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        self._longest_wait_seconds = longest_wait_seconds
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._failed = False
        self._opening = Lock()
        self._running = BoundedSemaphore(at_once)
        self._places = BoundedSemaphore(at_once * (1 + WAITING_FOR_EACH_CHECK))

    @classmethod
    def of(cls, settings: Settings) -> "FaceChecks":
        def open_engine() -> Engine:
            from liveness import Engine as RealEngine
            from liveness import ModelPack

            chosen = settings.liveness
            override = chosen.override_manifest
            pack = ModelPack.load(
                settings.path(chosen.models_directory),
                override=None if override is None else settings.path(override),
            )
            return RealEngine(pack)

        return cls(open_engine, at_once=settings.liveness.checks_at_once)

    def match_model(self) -> str:
        """SHA-256 of the network that embeds faces. Raises FaceUnavailable."""
        return self._opened().match_model

    def template(self, facts: Sequence["FrameFacts"]) -> "FaceTemplate | None":
        """The face of a session that was judged live and matched, for who agreed to its being kept.

        Raises FaceUnavailable.
        """
        return self._opened().template(facts)

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
        received_ms: int,
        previous: "Sequence[FrameFacts]",
    ) -> "tuple[FrameFacts, ...]":
        """The facts of one batch of (encoded image, capture time in ms), after the `previous` ones.

        Raises FaceUnavailable, FaceBusy, PictureRefused.
        """
        from liveness import ImageRefused

        engine = self._opened()
        facts = list(previous)
        with self._turn():
            try:
                for image, t_ms in frames:
                    facts.append(engine.read(image, t_ms=t_ms, received_ms=received_ms, previous=facts))
            except ImageRefused as error:
                raise PictureRefused(error.reason) from None
        return tuple(facts[len(previous) :])

    def judge(
        self,
        challenge: "Challenge",
        facts: Sequence["FrameFacts"],
        reference: "bytes | FaceTemplate | None",
    ) -> "Verdict":
        """The verdict over a whole session. Raises FaceUnavailable; waits for its turn, however long:
        the session is taken already, and a refusal for want of a place would lose the person's try."""
        engine = self._opened()
        with self._running:
            return engine.judge(challenge, facts, reference)

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

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise FaceBusy(seconds=2)
        try:
            if not self._running.acquire(timeout=self._longest_wait_seconds):
                raise FaceBusy(seconds=1)
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._places.release()


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
    )


def progress(challenge: "Challenge", facts: Sequence["FrameFacts"]) -> "Progress":
    from liveness import progress as compute

    return compute(challenge, facts)


def is_portrait(facts: "FrameFacts") -> bool:
    """Would this frame do as a portrait: one face, eyes open, mouth closed, looking about straight?"""
    face = facts.face
    return (
        face is not None
        and facts.faces == 1
        and abs(face.yaw) < PORTRAIT_YAW_DEGREES
        and face.mouth < PORTRAIT_MOUTH
        and face.closed < PORTRAIT_CLOSED
    )


def challenge_from_json(text: str) -> "Challenge":
    from liveness import Challenge

    return Challenge.from_json(text)


def facts_from_json(text: str) -> "FrameFacts":
    from liveness import FrameFacts

    return FrameFacts.from_json(text)
