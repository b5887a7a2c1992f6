"""What a client may still ask: requests in a minute, and in the sandbox sign-ins and messages in a day.

Spent once it is known who asks, so that nobody uses up what is somebody else's by their name. Of a public
client nobody can prove to be it: each address has an allowance of its own there. Unknown clients have none,
and meet the throttle of their address (`idp.error_references`).

The answers say what is left, in the fields `RateLimit` and `RateLimit-Policy` of
draft-ietf-httpapi-ratelimit-headers-11.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from idp import settings
from idp.audit.context import AuditContext
from idp.audit.events.limits import ClientLimited
from idp.audit.log import AuditLog
from idp.oidc.clients.metadata import Client
from idp.oidc.http import Response, answer_json
from idp.storage.allowances import Allowances, Spent, Windows
from idp.storage.ephemeral import EphemeralStore
from idp.storage.ephemeral.store import StoreUnavailable
from idp.storage.throttle import network

POLICY = "app"
MINUTE = Windows("requests", 60, 20)
"""Each client's begins at a second of its own: those that wait do not all come back at one moment (section
8.5 of the draft)."""
CHINA_MIDNIGHT = 16 * 3600
"""UTC."""
REQUESTS, SIGN_INS, MESSAGES = "requests", "sign-ins", "messages"
ONE_BY_ONE = 10**9
DAYS = {
    SIGN_INS: Windows(SIGN_INS, 86400, 100, begins=CHINA_MIDNIGHT),
    # Each costs one command: whoever measures the work must not see a lease where somebody is told.
    MESSAGES: Windows(MESSAGES, 86400, ONE_BY_ONE, begins=CHINA_MIDNIGHT, on_credit=0),
}
HOUR = 3600
TOLD_AT_MOST = 5000
TOO_MANY_REQUESTS = 429
"""RFC 6585 section 4."""
POLLS = frozenset(("urn:ietf:params:oauth:grant-type:device_code", "urn:openid:params:grant-type:ciba"))

Header = tuple[str, str]


class ClientAllowances:
    """Of one process; what is shared lies in the store."""

    def __init__(self, configuration: settings.ClientLimits, store: EphemeralStore, audit: AuditLog) -> None:
        self._settings = configuration
        self._store = store
        self._audit = audit
        self._minutes = Allowances(store, MINUTE)
        self._days: Mapping[str, Allowances] = {what: Allowances(store, one) for what, one in DAYS.items()}
        self._told: dict[tuple[str, str], int] = {}

    def request(self, client: Client, address: str, now: datetime) -> Spent:
        """One request of a client that has said who it is."""
        key = client.client_id
        if client.metadata.is_public:
            key = f"{key} {network(address)}"
        return self._minutes.spend(key, self.requests_per_minute(client), now.timestamp())

    def of_a_day(self, what: str, client: Client, now: datetime) -> Spent | None:
        """One sign-in, or one message; None: nobody counts them."""
        limit = self.per_day(what, client)
        return self._days[what].spend(client.client_id, limit, now.timestamp()) if limit else None

    def used_today(self, what: str, client: Client, now: datetime) -> Spent | None:
        """The same, looked at. Raises StoreUnavailable."""
        limit = self.per_day(what, client)
        return self._days[what].look(client.client_id, limit, now.timestamp()) if limit else None

    def requests_per_minute(self, client: Client) -> int:
        own, found = client.limits, self._settings
        if own.requests_per_minute is not None:
            return own.requests_per_minute
        if own.limit_class in found.classes:
            return found.classes[own.limit_class]
        if client.metadata.is_public:
            return found.public_requests_per_address_per_minute
        return found.requests_per_minute

    def per_day(self, what: str, client: Client) -> int:
        """0: as many as there are."""
        own, found = client.limits, self._settings
        if what == SIGN_INS:
            return found.sign_ins_per_day if own.sign_ins_per_day is None else own.sign_ins_per_day
        return found.messages_per_day if own.messages_per_day is None else own.messages_per_day

    def tell(self, client: Client, what: str, spent: Spent, where: str, context: AuditContext) -> None:
        """Once an hour of a client, over all processes: a client that goes on asking writes nothing more."""
        hour, key = int(context.at.timestamp() // HOUR), (client.client_id, what)
        if self._told.get(key) == hour:
            return
        if len(self._told) >= TOLD_AT_MOST:
            self._told.clear()
        self._told[key] = hour
        try:
            is_first = self._store.add_once(f"limited:{what}:{client.client_id}:{hour}", b"", seconds=HOUR)
        except StoreUnavailable:
            is_first = True
        if is_first:
            self._audit.append(ClientLimited(client.client_id, what, spent.limit, where), context)


def shown(spent: Spent) -> tuple[Header, Header]:
    """Sections 3 and 4 of the draft: on answers of success and of failure alike."""
    return (
        ("RateLimit-Policy", _policy(spent.limit)),
        ("RateLimit", f'"{POLICY}";r={spent.left};t={spent.seconds}'),
    )


def refused(spent: Spent, grant_type: str | None, headers: tuple[Header, ...]) -> Response:
    """RFC 6585 section 4. `grant_type`: that was asked for at the token endpoint.

    A device, or a client of the back channel, that polls hears `slow_down`: any other error would end its
    polling for good (RFC 8628 section 3.5, OpenID Connect CIBA Core 1.0 section 11).
    """
    error = "slow_down" if grant_type in POLLS else "temporarily_unavailable"
    said = {
        "error": error,
        "error_description": (
            f"This app has used up its {spent.limit} requests of this minute. "
            f"Please try again in {spent.seconds} seconds."
        ),
    }
    # The draft, section 6: not earlier than the window ends.
    waits = (("Retry-After", str(spent.seconds)), *shown(spent))
    return answer_json(said, status=TOO_MANY_REQUESTS, headers=(*headers, *waits))


@lru_cache(64)
def _policy(limit: int) -> str:
    return f'"{POLICY}";q={limit};w={MINUTE.seconds}'
