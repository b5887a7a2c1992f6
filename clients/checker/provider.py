"""What the checks need of a provider besides its ordinary pages.

There are two: a hostile one on this machine (`local`), and the sandbox (`sandbox`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from .browser import Browser
from .lies import Lie, LogoutLie


@dataclass(frozen=True)
class Citizen:
    """Of the sandbox: nobody real ever stands here."""

    number: str = field(repr=False)
    password: str = field(repr=False)
    presence_code: Callable[[], str] | None = None
    """A code as a clerk at a service window gives it, new each time: shows that they are here. None: nobody
    gives them one, and they show their face to the camera that the sandbox plays."""


@dataclass(frozen=True)
class Notified:
    """What the application answered to a logout token. `status` None: that is not known."""

    status: int | None


class Provider(Protocol):
    @property
    def issuer(self) -> str: ...
    @property
    def citizen(self) -> Citizen | None:
        """Who signs in on its pages. None: it asks nobody."""

    def tell(self, lie: Lie | None) -> bool:
        """From the next sign-in on; None: the truth. False: it cannot tell this lie."""

    def counted(self, endpoint: str) -> int | None:
        """How often the application has asked its `token` or `userinfo` endpoint. None: it does not say."""

    def secrets(self) -> frozenset[str]:
        """The tokens that it gave the application, as far as it tells them."""

    def notify(self, uri: str, lie: LogoutLie, browser: Browser) -> Notified | None:
        """Send a logout token for the last sign-in, which was this browser's. None: it cannot send this one.

        Raises NotReached, Astray.
        """

    def new_key(self) -> bool:
        """Sign with a key from now on that it did not publish before. False: it cannot."""
