"""A telephone's call: JSON in, JSON out, and what is said when it cannot be answered."""

from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from idp.audit.context import AuditContext
from idp.crypto.digests import from_base64url
from idp.login.licence_app.states import State
from idp.oidc.jose.strict_json import strict_object

HOUR: Final = 3600
PEM_CHARACTERS_AT_MOST: Final = 32768
SIGNATURE_CHARACTERS_AT_MOST: Final = 2048
RETRY_SECONDS: Final = 2


class PhoneError(Exception):
    """`error` is for programs and never changes its meaning; `description` is for their developers."""

    def __init__(
        self, status: int, error: str, description: str, *, retry_after: int = 0, **more: object
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description
        self.retry_after = retry_after
        """Seconds."""
        self.more = more

    @property
    def body(self) -> dict[str, object]:
        return {"error": self.error, "error_description": self.description, **self.more}


@dataclass(frozen=True, slots=True)
class Call:
    body: bytes
    address: str
    language: str
    """One of ours."""
    now: datetime
    context: AuditContext


def read(body: bytes, *names: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
    """The members of these names, all texts. What a later version adds is passed over. Raises PhoneError."""
    try:
        found: dict[str, Any] = strict_object(body)
    except ValueError:
        raise PhoneError(400, "invalid_request", "The body is a JSON object.") from None
    given = {name: found[name] for name in (*names, *optional) if name in found}
    if not set(names) <= set(given) or not all(isinstance(value, str) for value in given.values()):
        raise PhoneError(400, "invalid_request", f"Needed, as texts: {', '.join(names)}.")
    return given


def certificates_of(given: Mapping[str, str]) -> bytes:
    """Raises PhoneError."""
    text = given["certificates"]
    if len(text) > PEM_CHARACTERS_AT_MOST or not text.isascii():
        raise PhoneError(400, "invalid_request", "certificates: PEM, the licence first, 32 KB at most.")
    return text.encode("ascii")


def signature_of(given: Mapping[str, str]) -> bytes:
    """Raises PhoneError."""
    try:
        if len(given["signature"]) > SIGNATURE_CHARACTERS_AT_MOST:
            raise ValueError
        return from_base64url(given["signature"])
    except (ValueError, Error):
        raise PhoneError(400, "invalid_request", "signature: base64url without padding.") from None


def too_many(seconds: int) -> PhoneError:
    return PhoneError(429, "too_many_requests", "Too many from this address.", retry_after=seconds)


def slow_down() -> PhoneError:
    return PhoneError(429, "slow_down", "Ask less often.", retry_after=RETRY_SECONDS)


def unknown_code() -> PhoneError:
    return PhoneError(404, "unknown_code", "The code was never given out, was used, or is over.")


def unknown_request() -> PhoneError:
    return PhoneError(404, "unknown_request", "There is no such request of this telephone's.")


def wrong_state(state: State) -> PhoneError:
    return PhoneError(409, "wrong_state", f"The request is {state}.", state=state.value)


def unavailable() -> PhoneError:
    return PhoneError(503, "temporarily_unavailable", "Try again in a moment.", retry_after=RETRY_SECONDS)
