"""Clients that want to be told, and what they are told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import select

from idp import session_clients
from idp.oidc.clients.models import ClientRecord
from idp.oidc.keys.jwt import LOGOUT_TOKEN
from idp.oidc.logout.back_channel import LogoutNotices
from idp.outbound import Answer
from idp.storage import outbox
from idp.storage.outbox import Drained, OutboxMessage
from tests.idp.oidc.world import HALL, SPA, World

BACK = {client_id: f"https://{client_id}.example/told" for client_id in (HALL, SPA)}
FRONT = "http://hall.localhost:8001/bye-frame"
Say = Callable[[str], Answer]


def register(world: World, client_id: str, **fields: Any) -> None:
    """Before the client's first use: clients are cached."""
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, client_id)
        record.metadata_json = {**record.metadata_json, **fields}


def tell(world: World, *client_ids: str) -> None:
    for client_id in client_ids:
        register(world, client_id, backchannel_logout_uri=BACK[client_id])


def answering(status: int) -> Say:
    return lambda _uri: Answer(status, {}, b"")


@dataclass
class Told:
    """A worker, and what reached the clients."""

    world: World
    say: Say = field(default_factory=lambda: answering(200))
    posts: list[tuple[str, str]] = field(default_factory=list)
    """Address and logout token."""

    def __post_init__(self) -> None:
        provider = self.world.provider
        self.notices = LogoutNotices(
            issuer=provider.issuer,
            clock=provider.clock,
            find_client=provider.clients.find,
            client_keys=provider.client_keys,
            keys=provider.keys.current,
            pairwise_key=provider.pairwise_key,
            post=self._post,
            append=provider.audit.append,
        )

    def _post(self, uri: str, body: bytes, headers: dict[str, str]) -> Answer:
        assert headers == {"content-type": "application/x-www-form-urlencoded"}
        (token,) = parse_qs(body.decode(), strict_parsing=True)["logout_token"]
        self.posts.append((uri, token))
        return self.say(uri)

    def drain(self) -> Drained:
        handlers = {session_clients.KIND: self.notices}
        return outbox.drain(self.world.provider.sessions, handlers, self.world.clock)

    @property
    def addresses(self) -> list[str]:
        return sorted(uri for uri, _ in self.posts)

    def claims(self, number: int = -1) -> dict[str, Any]:
        return self.world.provider.keys.current().read(self.posts[number][1], typ=LOGOUT_TOKEN)


def waiting(world: World) -> list[OutboxMessage]:
    with world.provider.sessions() as session:
        return list(session.scalars(select(OutboxMessage)))
