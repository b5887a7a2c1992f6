"""Clients in memory: they change seldom and every request asks for one."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, select

from idp.oidc.clients.limits import STANDARD, ClientLimit, OwnLimits
from idp.oidc.clients.metadata import Client, from_json
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.storage.ephemeral import Clock

SECONDS = 2
"""A changed, suspended or frozen client is seen by every process after this long."""
KEPT_AT_MOST = 5000
"""Where anybody may register, strangers decide how many clients there are."""
ROW = select(
    ClientRecord.metadata_json,
    ClientRecord.client_id,
    ClientRecord.sector,
    ClientRecord.secret_mac,
    ClientRecord.secret_sealed,
    ClientRecord.status,
    ClientRecord.ended_before,
    ClientRecord.registration_mac.is_not(None).label("is_self_registered"),
    ClientLimit.client_id.label("limited"),
    ClientLimit.limit_class,
    ClientLimit.requests_per_minute,
    ClientLimit.sign_ins_per_day,
    ClientLimit.messages_per_day,
).join_from(ClientRecord, ClientLimit, isouter=True)


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
            row = connection.execute(ROW.where(ClientRecord.client_id == client_id)).one_or_none()
        if row is None:
            return None
        metadata = from_json({**row.metadata, "client_id": row.client_id, "sector": row.sector})
        return Client(
            metadata,
            row.secret_mac,
            row.status == ClientStatus.ACTIVE,
            is_self_registered=bool(row.is_self_registered),
            secret_sealed=row.secret_sealed,
            ended_before=row.ended_before,
            limits=_limits(row),
        )


def _limits(row: Row[Any]) -> OwnLimits:
    if row.limited is None:
        return STANDARD
    return OwnLimits(row.limit_class, row.requests_per_minute, row.sign_ins_per_day, row.messages_per_day)
