"""A hostile provider on this machine: for an application whose sandbox is far away, or that has none."""

from .provider import LocalProvider
from .serving import serving

__all__ = ["LocalProvider", "serving"]
