"""What a face is compared with: the register first, then what was kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.login.face.judgement import Judgement, judgement_of, reason_of
from idp.login.face.sessions import FaceSession
from idp.login.factors.face import FaceChecks
from idp.people.face_templates import KeptFace
from idp.people.registry import Register, RegisterUnavailable

if TYPE_CHECKING:
    from idp.login.factors.face import FrameFacts, Verdict

NO_REFERENCE = "reference_missing"
REGISTER_UNAVAILABLE = "register_unavailable"

KeepReference = Callable[[bytes], bool]
"""Makes a portrait the register's photo of the person who stands there; the sandbox alone has one."""
FindTemplate = Callable[[], KeptFace | None]
"""The template kept of the person who stands there, if it may be compared with now."""


@dataclass(frozen=True, slots=True, repr=False)
class References:
    """Whatever there may be to compare one person's face with."""

    register: Register
    number: str
    keep_reference: KeepReference | None
    find_template: FindTemplate


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """One face, and whatever there is to compare it with, in the order of what is believed."""

    checks: FaceChecks
    session: FaceSession
    facts: "Sequence[FrameFacts]"
    portrait: bytes | None
    references: References

    def judgement(self) -> Judgement:
        """Raises FaceUnavailable."""
        try:
            return self._by_register()
        except RegisterUnavailable:
            return self._by_template() or Judgement(REGISTER_UNAVAILABLE, None, (), (), ())

    def _by_register(self) -> Judgement:
        photo, portrait = self.references.register.photo(self.references.number), self.portrait
        # Without a photo the same work is done, or the time would tell which numbers have one.
        verdict = self.checks.judge(self.session.challenge, self.facts, photo or portrait)
        # A portrait, too, has to be of the face that was alive: it may come from frames that nobody judged.
        reason = reason_of(verdict)
        if photo is not None:
            return judgement_of(verdict, reason, reference="photo")
        if portrait is None:
            # Who was to show one and did not gets no other answer than the register's.
            by_template = None if self.session.keeps_portrait else self._by_template()
            return by_template or judgement_of(verdict, reason)
        if reason is not None:
            return judgement_of(verdict, reason)
        return self._without_photo(verdict, portrait)

    def _without_photo(self, verdict: "Verdict", portrait: bytes) -> Judgement:
        """The register may compare by itself; in the sandbox the first capture may become its photo."""
        matched = self.references.register.compare(self.references.number, portrait)
        if matched is not None:
            return judgement_of(verdict, None if matched else "match", reference="register")
        by_template = self._by_template()
        if by_template is not None:
            return by_template
        keep_reference = self.references.keep_reference
        if keep_reference is not None and keep_reference(portrait):
            return judgement_of(verdict, None, took_reference=True, reference="first_capture")
        return judgement_of(verdict, NO_REFERENCE)

    def _by_template(self) -> Judgement | None:
        kept = self.references.find_template()
        if kept is None:
            return None
        verdict = self.checks.judge(self.session.challenge, self.facts, kept)
        return judgement_of(verdict, reason_of(verdict), reference="template")
