"""What was found out about a certificate, and from whom."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

SKEW: Final = timedelta(minutes=5)
"""How far an authority's clock may be ahead of ours."""


class Status(StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    status: Status
    said: str
    """By whom, or why nobody could say; for operators."""


class SourceFailed(Exception):
    """A list or an answer that tells nothing: not to be had, or not to be believed."""
