"""A sign-in that passed every check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from . import acting
from .acting import ActingFor
from .errors import StoreBroken
from .levels import level_after
from .tokens import Tokens


@dataclass(frozen=True)
class SignIn:
    """Its repr shows nothing of the person but their `sub`, and no token."""

    claims: Mapping[str, Any] = field(repr=False)
    """Those of the id_token and of userinfo."""
    id_token: str = field(repr=False)
    """For `sign_out_url`."""
    received_at: datetime
    remembered: str
    """What was given to `begin`."""
    tokens: Tokens | None = field(default=None, repr=False)
    """To call services with. None, where they are kept apart: see `fresh_tokens`."""

    @property
    def sub(self) -> str:
        """Who the person is to this portal, for good: key your records on it."""
        return str(self.claims["sub"])

    @property
    def acting_for(self) -> ActingFor | None:
        """For whom the person acts; None: for nobody but themselves."""
        return acting.acting_for(self.claims)

    def level(self, now: datetime) -> int:
        """What it is worth at this moment: level 3 runs out."""
        return level_after(self.claims, (now - self.received_at).total_seconds())

    def age_seconds(self, now: datetime) -> float:
        """How long ago the person proved who they are: the provider's clock up to the issue, ours since."""
        at_issue = float(self.claims["iat"]) - float(self.claims["auth_time"])
        return at_issue + (now - self.received_at).total_seconds()

    def as_kept(self) -> dict[str, Any]:
        """Without tokens and what was remembered: for a store."""
        return {
            "claims": dict(self.claims),
            "id_token": self.id_token,
            "received_at": self.received_at.timestamp(),
        }


def kept(told: Mapping[str, Any]) -> SignIn:
    """What `as_kept` gave. Raises StoreBroken."""
    try:
        received_at = datetime.fromtimestamp(float(told["received_at"]), UTC)
        claims = told["claims"]
        if not isinstance(claims, dict) or not isinstance(claims.get("sub"), str):
            raise TypeError("claims of nobody")
        return SignIn(claims, str(told["id_token"]), received_at, "")
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise StoreBroken("The store holds no sign-in where one should be.") from None
