"""What is left of a picture's file once everything but its pixels is gone, and how much that may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["jpeg", "jpeg_scans", "png", "webp"]
"""`jpeg`: sequential, in one scan, as cameras and browsers write it. `jpeg_scans`: progressive, or one
scan for each colour; its decoder holds every coefficient and passes over all of them once a scan."""


@dataclass(frozen=True, slots=True, repr=False)
class Plain:
    """Rewritten by us: comments, profiles, thumbnails and metadata never reach a decoder."""

    kind: Kind
    data: bytes
    width: int
    height: int
    """As stored, before it is turned upright."""
    orientation: int = 1
    """EXIF 2.32 section 4.6.4, tag 0x0112: 1 to 8."""


@dataclass(frozen=True, slots=True)
class Bound:
    max_bytes: int
    max_pixels: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes and pixels bound what a decoder may cost; the figures are in docs/liveness/input.md."""

    kinds: Mapping[Kind, Bound]
    """A kind that is not named is refused."""
    min_side: int

    @property
    def max_bytes(self) -> int:
        """Above, nothing is looked at."""
        return max(bound.max_bytes for bound in self.kinds.values())


FRAME_LIMITS = Limits({"jpeg": Bound(1_000_000, 1920 * 1080)}, min_side=160)
"""What the camera page sends: `canvas.toBlob("image/jpeg")` is sequential, in one scan, in every browser."""

PHOTO_LIMITS = Limits(
    {
        "jpeg": Bound(8_000_000, 12_500_000),
        "jpeg_scans": Bound(2_000_000, 4_000_000),
        "png": Bound(2_000_000, 2_000_000),
        "webp": Bound(2_000_000, 4_000_000),
    },
    min_side=80,
)
"""A register's photo: fewer than the frames, from somebody known, and in more forms."""
