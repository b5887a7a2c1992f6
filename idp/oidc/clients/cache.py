"""Clients in memory: they change seldom and every request asks for one."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, select

from idp.oidc.clients.credentials.client_secrets import ClientSecret
from idp.oidc.clients.credentials.kept_secret import SECRETS_AT_MOST, KeptSecret
from idp.oidc.clients.limits import STANDARD, ClientLimit, OwnLimits
from idp.oidc.clients.metadata import Client, from_json
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.inspection.watching import ClientWatch
from idp.storage.ephemeral import Clock

SECONDS = 2
"""A changed, suspended or frozen client, and a secret of it that was revoked, is seen by every process after
this long."""
KEPT_AT_MOST = 5000
"""Where anybody may register, strangers decide how many clients there are."""
COLUMNS = select(
    ClientRecord.metadata_json,
    ClientRecord.client_id,
    ClientRecord.sector,
    ClientRecord.status,
    ClientRecord.ended_before,
    ClientRecord.registration_mac.is_not(None).label("is_self_registered"),
    ClientLimit.client_id.label("limited"),
    ClientLimit.limit_class,
    ClientLimit.requests_per_minute,
    ClientLimit.sign_ins_per_day,
    ClientLimit.messages_per_day,
    ClientWatch.until.label("watched_until"),
    ClientSecret.id.label("secret_id"),
    ClientSecret.mac,
    ClientSecret.secret_sealed,
    ClientSecret.expires_at,
)
ROW = (
    COLUMNS.join_from(ClientRecord, ClientLimit, isouter=True)
    .join_from(ClientRecord, ClientWatch, isouter=True)
    .join_from(ClientRecord, ClientSecret, isouter=True)
    # Not those that expired long ago, should there be too many.
    .order_by(ClientSecret.id.desc())
    .limit(SECRETS_AT_MOST)
)
"""A row for each secret of the client, the newest first; one for a client that has none."""


class ClientCache:
    """Looks clients up by id. Unknown ids are not remembered, or strangers could fill the memory."""

    def __init__(self, read_engine: Engine, clock: Clock) -> None:
        self._engine = read_engine
        self._clock = clock
        self._found: dict[str, tuple[Client, datetime]] = {}

    def find(self, client_id: str) -> Client | None:
        """The client; None when it is unknown, suspended or frozen."""
        found = self.known(client_id)
        return found if found is not None and found.is_active else None

    def known(self, client_id: str) -> Client | None:
        """The client, active or not: it is told of what ends, also while it may do nothing itself."""
        if "\0" in client_id:
            return None  # PostgreSQL takes it in no text, and that would look like an outage
        now = self._clock()
        found, until = self._found.get(client_id, (None, now))
        if found is None or until <= now:
            found = self._load(client_id)
            if found is None:
                self._found.pop(client_id, None)
                return None
            if len(self._found) >= KEPT_AT_MOST:
                self._found.clear()
            self._found[client_id] = (found, now + timedelta(seconds=SECONDS))
        return found

    def forget(self, client_id: str) -> None:
        """What this process changed itself it sees at once."""
        self._found.pop(client_id, None)

    def forget_all(self) -> None:
        """The same, of whatever it changed."""
        self._found.clear()

    def _load(self, client_id: str) -> Client | None:
        with self._engine.connect() as connection:
            rows = connection.execute(ROW.where(ClientRecord.client_id == client_id)).all()
        if not rows:
            return None
        row = rows[0]
        metadata = from_json({**row.metadata, "client_id": row.client_id, "sector": row.sector})
        return Client(
            metadata,
            tuple(_secret(one) for one in rows if one.secret_id is not None),
            row.status == ClientStatus.ACTIVE,
            is_self_registered=bool(row.is_self_registered),
            ended_before=row.ended_before,
            limits=_limits(row),
            watched_until=row.watched_until,
        )


def _secret(row: Row[Any]) -> KeptSecret:
    return KeptSecret(row.secret_id, row.mac, row.expires_at, row.secret_sealed)


def _limits(row: Row[Any]) -> OwnLimits:
    if row.limited is None:
        return STANDARD
    return OwnLimits(row.limit_class, row.requests_per_minute, row.sign_ins_per_day, row.messages_per_day)
