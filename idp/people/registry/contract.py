"""The population register, behind a contract of three questions.

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
