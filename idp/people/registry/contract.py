"""The population register, behind a contract of four questions.

The register says who exists; it never learns what for we ask, and what it says is shown to nobody before
they have proved that they are the person asked about.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Answer(StrEnum):
    MATCH = "match"
    MISMATCH = "mismatch"
    """The number exists; the name is another."""
    UNKNOWN = "unknown"
    DECEASED = "deceased"
    """Name and number agree; the person has died."""
    UNAVAILABLE = "unavailable"
    """The register cannot say now: "come back later", never a refusal."""


class Relation(StrEnum):
    """On what strength one cares for another. The values are stored and sent: they never change."""

    PARENT = "parent"
    """Civil Code, article 27: parents are their minor children's guardians."""
    GUARDIAN = "guardian"
    """Of a minor, in the parents' place (Civil Code, articles 27, 29, 31, 32)."""
    CARER = "carer"
    """Guardian of who cannot conduct their affairs, of whatever age (Civil Code, articles 28, 33)."""

    @property
    def is_for_childhood(self) -> bool:
        """Ends by itself when the ward is old enough to sign in alone."""
        return self is not Relation.CARER


@dataclass(frozen=True, slots=True, repr=False)
class RegisterAnswer:
    """Its `repr` is silent, as it ends up in tracebacks."""

    answer: Answer
    phone: str | None = None
    """The mobile phone that the register holds, E.164; with MATCH alone."""
    has_photo: bool = False
    """The register can compare a face: by a photo that it hands out, or by itself."""

    def __repr__(self) -> str:
        return f"RegisterAnswer({self.answer.value})"


class RegisterUnavailable(Exception):
    """The register cannot be asked now. Carries the cause, and no one's number or name."""


class Register(Protocol):
    """Numbers are as `documents.identify` gives them; names as `names.normalise` does."""

    def verify(self, name: str, number: str) -> RegisterAnswer:
        """Never raises for a register that does not answer: that is `Answer.UNAVAILABLE`."""

    def photo(self, number: str) -> bytes | None:
        """The encoded reference photo; None where there is none, or none that is handed out.

        Raises RegisterUnavailable.
        """

    def compare(self, number: str, image: bytes) -> bool | None:
        """Whether the face in an encoded picture is the person's, by the register's own judgement.

        None where the register does not compare. Raises RegisterUnavailable.
        """

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        """How the person with the one number cares for the person with the other, as it stands now.

        None where the register says nothing of the kind, also of numbers that it does not know or whose
        person has died. Whether a child is still one is not its business. Raises RegisterUnavailable.
        """
