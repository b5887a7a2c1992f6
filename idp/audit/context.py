"""Where an event came from, as far as the log may know."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address

from idp.audit.fields import PersonalDataRefused, is_code, is_identifier

ADDRESSES_AT_MOST = 1024


@dataclass(frozen=True, slots=True)
class AuditContext:
    """The circumstances that every event of a request shares. Work without a request leaves them out.

    `device` is the digest of the device cookie, never the cookie; `request_id` and `interaction_id`
    are identifiers. Raises PersonalDataRefused, ValueError for a time without a zone.
    """

    at: datetime
    request_id: str | None = None
    address: str | None = None
    device: str | None = None
    interaction_id: str | None = None
    actor: str | None = None
    """Who acted, when not the person: a staff account, `operator` for the command line, `worker`."""
    caller: str | None = field(default=None, repr=False)
    """The address itself, for what is decided now; the log says of it what `address` does."""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an event's time needs its time zone")
        for name in ("request_id", "device", "interaction_id"):
            value = getattr(self, name)
            if value is not None and not is_identifier(value):
                raise PersonalDataRefused(f"AuditContext.{name} is not an identifier")
        if self.actor is not None and not (is_code(self.actor) or is_identifier(self.actor)):
            raise PersonalDataRefused("AuditContext.actor is not an identifier")
        if self.address is not None:
            try:
                _read(self.address)
            except ValueError:
                raise PersonalDataRefused("AuditContext.address is not an IP address") from None


@lru_cache(ADDRESSES_AT_MOST)
def _read(address: str) -> None:
    """Remembered where it is one: many requests come from one proxy. Raises ValueError."""
    ip_address(address)
