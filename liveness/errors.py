"""What can go wrong, in words that a program can act on. None of them carries a picture or a name."""

from __future__ import annotations


class ManifestInvalid(Exception):
    """`models.toml` or an operator's replacement of it does not say what it must."""


class ModelMissing(Exception):
    """A network's file is not in the directory: run `python -m liveness models install`."""


class ModelTampered(Exception):
    """A network's file does not hash to what the manifest pins."""


class ModelUnfit(Exception):
    """A network's file is the pinned one, but no network that its role could work with."""


class InstallFailed(Exception):
    """An archive could not be fetched, or is not the one that was pinned."""


class ImageRefused(Exception):
    """A picture that is not decoded, because it is hostile, broken or of no use.

    `reason` is a stable code: too_many_bytes, too_many_pixels, too_small, unknown_format,
    truncated, trailing_bytes, animated, unsupported_colours, undecodable.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The picture was refused: {reason}.")
        self.reason = reason
