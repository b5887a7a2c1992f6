"""What the developer says of the application that is checked."""

from dataclasses import dataclass

from .wire import origin_of


@dataclass(frozen=True)
class Application:
    sign_in_url: str
    """Opening it begins a sign-in: it leads to the provider."""
    page_url: str
    """A page that only people see who are signed in."""
    marker: str = ""
    """Stands on that page for whoever is signed in, and for nobody else. Nothing: the status 200 says it."""
    backchannel_logout_uri: str = ""
    """Nothing: the application hears of no logouts."""
    more_origins: tuple[str, ...] = ()
    """Besides those of the two addresses: whatever else a sign-in passes through."""
    press: str = ""
    """A selector of what a person presses to sign in, where scripts do it. Nothing: it begins by itself."""

    def __post_init__(self) -> None:
        """Raises ValueError."""
        for url in (self.sign_in_url, self.page_url, *self.more_origins):
            origin_of(url)
        if self.backchannel_logout_uri:
            origin_of(self.backchannel_logout_uri)

    @property
    def origins(self) -> frozenset[str]:
        """Where the browser is at the application."""
        return frozenset(map(origin_of, (self.sign_in_url, self.page_url, *self.more_origins)))
