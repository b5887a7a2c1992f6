"""What a script does on the pages that a person sees: the register does not answer, the face is refused.

The register and the face checks are wrapped where a sandbox is wired: their rooms know nothing of it.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flask import has_request_context, request

from idp.browser import browser_id
from idp.login.factors.face import Caller, FaceChecks
from idp.oidc import interaction as interactions
from idp.oidc.interaction import InteractionExpired, InteractionForeign
from idp.people.face_templates import KeptFace
from idp.people.registry import Answer, Register, RegisterAnswer, RegisterUnavailable, Relation
from idp.sandbox.outcomes.catalogue import FACE, Place
from idp.sandbox.outcomes.scripts import Scripts
from idp.storage.ephemeral import EphemeralStore

if TYPE_CHECKING:
    from idp.login.factors.face import Challenge, FrameFacts, Verdict

REGISTER_UNAVAILABLE = "register_unavailable"
Forced = Callable[[], str | None]
"""What is forced on the person of this request, of the place `person`."""


def forced_by(scripts: Scripts, store: EphemeralStore) -> Forced:
    """By the script of the app that this page's sign-in is for."""

    def forced() -> str | None:
        named = request.args.get("interaction", "") if has_request_context() else ""
        if not named:
            return None
        try:
            client_id = interactions.find(store, named, browser_id(), scripts.clock()).client_id
        except (InteractionExpired, InteractionForeign):
            return None
        script = None if client_id is None else scripts.holding(client_id)
        return None if script is None else script.at(Place.PERSON)

    return forced


class PlayedRegister:
    """A register that does not answer where that is forced."""

    def __init__(self, inner: Register, forced: Forced) -> None:
        self._inner = inner
        self._forced = forced

    def verify(self, name: str, number: str) -> RegisterAnswer:
        if self._is_down():
            return RegisterAnswer(Answer.UNAVAILABLE)
        return self._inner.verify(name, number)

    def photo(self, number: str) -> bytes | None:
        self._check()
        return self._inner.photo(number)

    def compare(self, number: str, image: bytes) -> bool | None:
        self._check()
        return self._inner.compare(number, image)

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        self._check()
        return self._inner.cares_for(guardian, ward)

    def _is_down(self) -> bool:
        return self._forced() == REGISTER_UNAVAILABLE

    def _check(self) -> None:
        if self._is_down():
            raise RegisterUnavailable("forced in the sandbox")


class PlayedFaces(FaceChecks):
    """Face checks whose verdict is a refusal where that is forced. They never let anybody in whom the engine
    refuses."""

    def __init__(self, inner: FaceChecks, forced: Forced) -> None:
        self._inner = inner
        self._forced = forced

    def match_model(self) -> str:
        return self._inner.match_model()

    def template(self, facts: "Sequence[FrameFacts]") -> KeptFace | None:
        return self._inner.template(facts)

    def is_available(self) -> bool:
        return self._inner.is_available()

    def read(
        self,
        frames: Sequence[tuple[bytes, int]],
        *,
        caller: Caller,
        received_ms: int,
        previous: "Sequence[FrameFacts]",
        screens: Sequence[tuple[int, int] | None] = (),
    ) -> "tuple[FrameFacts, ...]":
        return self._inner.read(
            frames, caller=caller, received_ms=received_ms, previous=previous, screens=screens
        )

    def judge(
        self, challenge: "Challenge", facts: "Sequence[FrameFacts]", reference: bytes | KeptFace | None
    ) -> "Verdict":
        verdict = self._inner.judge(challenge, facts, reference)
        name = self._forced() or ""
        return refused(verdict, name.removeprefix(FACE)) if name.startswith(FACE) else verdict


def refused(verdict: "Verdict", reason: str) -> "Verdict":
    """The same with this reason; its scores stay what they were."""
    said: dict[str, Any] = json.loads(verdict.to_json())
    said |= {"live": False, "matched": False, "refused_by": reason, "advice": None}
    return type(verdict).from_json(json.dumps(said))
