"""What a script does on the pages that a person sees: the register does not answer, the face is refused.

The register and the face checks are wrapped where a sandbox is wired: their rooms know nothing of it.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flask import has_request_context, request

from idp.browser import browser_id
from idp.login.factors import face
from idp.login.factors.face import Caller, FaceChecks
from idp.oidc import interaction as interactions
from idp.oidc.interaction import InteractionExpired, InteractionForeign
from idp.people.face_templates import KeptFace
from idp.people.registry import Answer, Register, RegisterAnswer, RegisterUnavailable, Relation
from idp.sandbox.outcomes.catalogue import FACE, Place
from idp.sandbox.outcomes.scripts import Script, Scripts
from idp.storage.ephemeral import EphemeralStore

if TYPE_CHECKING:
    from idp.login.factors.face import Challenge, FrameFacts, Verdict

REGISTER_UNAVAILABLE = "register_unavailable"
SLOW_FACE = "slow_face"
Forced = Callable[[], Script | None]
"""What is forced on the person of this request."""


def forced_by(scripts: Scripts, store: EphemeralStore) -> Forced:
    """By the script of the app that this page's sign-in is for."""

    def forced() -> Script | None:
        named = request.args.get("interaction", "") if has_request_context() else ""
        if not named:
            return None
        try:
            client_id = interactions.find(store, named, browser_id(), scripts.clock()).client_id
        except (InteractionExpired, InteractionForeign):
            return None
        return None if client_id is None else scripts.holding(client_id)

    return forced


def _on_the_person(script: Script | None) -> str | None:
    return None if script is None else script.at(Place.PERSON)


class PlayedRegister:
    """A register that does not answer where that is forced."""

    def __init__(self, inner: Register, forced: Forced) -> None:
        self.inner = inner
        self.forced = forced

    def verify(self, name: str, number: str) -> RegisterAnswer:
        if self._is_down():
            return RegisterAnswer(Answer.UNAVAILABLE)
        return self.inner.verify(name, number)

    def photo(self, number: str) -> bytes | None:
        self._check()
        return self.inner.photo(number)

    def compare(self, number: str, image: bytes) -> bool | None:
        self._check()
        return self.inner.compare(number, image)

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        self._check()
        return self.inner.cares_for(guardian, ward)

    def _is_down(self) -> bool:
        return _on_the_person(self.forced()) == REGISTER_UNAVAILABLE

    def _check(self) -> None:
        if self._is_down():
            raise RegisterUnavailable("forced in the sandbox")


class PlayedFaces(FaceChecks):
    """Face checks whose verdict is a refusal, or slow, where that is forced. They never let anybody in whom
    those behind them refuse."""

    def __init__(self, inner: FaceChecks, forced: Forced, wait: Callable[[int | None], None]) -> None:
        self.inner = inner
        self.forced = forced
        self._wait = wait

    def match_model(self) -> str:
        return self.inner.match_model()

    def template(self, facts: "Sequence[FrameFacts]") -> KeptFace | None:
        return self.inner.template(facts)

    def is_available(self) -> bool:
        return self.inner.is_available()

    def read(
        self,
        frames: Sequence[tuple[bytes, int]],
        *,
        caller: Caller,
        received_ms: int,
        previous: "Sequence[FrameFacts]",
        screens: Sequence[tuple[int, int] | None] = (),
    ) -> "tuple[FrameFacts, ...]":
        return self.inner.read(
            frames, caller=caller, received_ms=received_ms, previous=previous, screens=screens
        )

    def judge(
        self, challenge: "Challenge", facts: "Sequence[FrameFacts]", reference: bytes | KeptFace | None
    ) -> "Verdict":
        verdict = self.inner.judge(challenge, facts, reference)
        script = self.forced()
        if script is not None and SLOW_FACE in script.outcomes:
            self._wait(script.seconds)
        name = _on_the_person(script) or ""
        return refused(verdict, name.removeprefix(FACE)) if name.startswith(FACE) else verdict


class PlayedCamera(FaceChecks):
    """What says that the right person stands before a camera that there is not. The pages of the camera never
    get it: `idp.sandbox.phone.camera` alone has it, behind `PlayedFaces`."""

    def __init__(self) -> None:
        """It has no engine."""

    def template(self, facts: "Sequence[FrameFacts]") -> None:
        """Nobody was seen of whom one could be made."""

    def judge(
        self, challenge: "Challenge", facts: "Sequence[FrameFacts]", reference: bytes | KeptFace | None
    ) -> "Verdict":
        said: dict[str, Any] = {
            "live": True,
            "matched": True,
            "refused_by": None,
            "advice": None,
            "gates": [],
            "unproved": [],
            "models": {},
            "actions": [action.value for action in challenge.actions],
            "signals": [],
            "nonce": challenge.nonce,
            "frames": 0,
        }
        return face.verdict_from_json(json.dumps(said))


def refused(verdict: "Verdict", reason: str) -> "Verdict":
    """The same with this reason; its scores stay what they were."""
    said: dict[str, Any] = json.loads(verdict.to_json())
    said |= {"live": False, "matched": False, "refused_by": reason, "advice": None}
    return type(verdict).from_json(json.dumps(said))
