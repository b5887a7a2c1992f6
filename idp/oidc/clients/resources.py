"""Resource servers: each resource is a URI that one client answers for (RFC 8707)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from idp.oidc.clients.models import ClientResource
from idp.storage.ephemeral import Clock

SECONDS = 5
"""What was registered is seen by every process after this long."""


class ResourceTaken(ValueError):
    """Another client answers for that URI: its tokens would be open to who takes it."""


class Resources:
    """Looks up who answers for a URI. Unknown ones are not remembered, or strangers could fill the memory."""

    def __init__(self, read_engine: Engine, clock: Clock) -> None:
        self._engine = read_engine
        self._clock = clock
        self._found: dict[str, tuple[str, datetime]] = {}

    def server_of(self, uri: str) -> str | None:
        """The `client_id` of the resource server; None for a URI that nobody registered."""
        now = self._clock()
        found, until = self._found.get(uri, (None, now))
        if found is None or until <= now:
            found = self._load(uri)
            if found is None:
                self._found.pop(uri, None)
                return None
            self._found[uri] = (found, now + timedelta(seconds=SECONDS))
        return found

    def _load(self, uri: str) -> str | None:
        with self._engine.connect() as connection:
            statement = select(ClientResource.client_id).where(ClientResource.uri == uri)
            return connection.execute(statement).scalar_one_or_none()


def claim(session: Session, client_id: str, uris: Collection[str]) -> None:
    """Make these the resources of the client, and no others. Raises ResourceTaken. The caller commits."""
    session.flush()
    session.execute(
        delete(ClientResource).where(ClientResource.client_id == client_id, ClientResource.uri.not_in(uris))
    )
    for uri in uris:
        known = session.get(ClientResource, uri)
        if known is None:
            session.add(ClientResource(uri=uri, client_id=client_id))
        elif known.client_id != client_id:
            raise ResourceTaken(f"resource_uris: {uri} is another client's")
    session.flush()
