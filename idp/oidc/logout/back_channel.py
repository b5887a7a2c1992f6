"""OpenID Connect Back-Channel Logout 1.0: a client is told, server to server, that a session is over.

The notice waits in the outbox; its logout token is made when it is delivered, so that one that was put
off for hours is as fresh as the first. Each attempt is a token of its own: a client that had acted on one
whose answer got lost would rightly refuse it as replayed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from idp.audit.context import AuditContext
from idp.audit.events.logout import LogoutDelivered, LogoutFailed
from idp.audit.fields import Event
from idp.crypto.digests import digest, new_secret
from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.credentials.sealing import sealed
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidClientMetadata
from idp.oidc.http import FORM
from idp.oidc.keys.jwt import LOGOUT_TOKEN
from idp.oidc.keys.ring import Ring
from idp.oidc.notice_sending import ClientAway, Post, put_off, send
from idp.oidc.notice_turns import Turns
from idp.oidc.subjects import sid_of, sub_of
from idp.session_clients import Notice
from idp.storage.ephemeral import Clock
from idp.storage.outbox import MOST_ATTEMPTS, Delivery, Undeliverable

EVENT = "http://schemas.openid.net/event/backchannel-logout"
SECONDS = 120
"""Section 4: two minutes at most, so that a captured token is soon of no use."""
Write = Callable[[Ring, str, Client, Notice, bytes, datetime], str]
AWAY = timedelta(seconds=30)
"""Nobody asks a client that did not answer again for so long: a night's worth of sessions that end while
it is down must not keep the others waiting."""


def logout_claims(
    issuer: str, client: Client, notice: Notice, pairwise_key: bytes, now: datetime
) -> dict[str, Any]:
    at = int(now.timestamp())
    return {
        # Section 2.4. No nonce, ever: it tells this from an id_token where a client looks at nothing else.
        "iss": issuer,
        "aud": client.client_id,
        "iat": at,
        "exp": at + SECONDS,
        "jti": new_secret(16),
        "events": {EVENT: {}},
        "sub": sub_of(pairwise_key, client, notice.person_id),
        "sid": sid_of(pairwise_key, client, notice.sid),
    }


def logout_token(
    ring: Ring, issuer: str, client: Client, notice: Notice, pairwise_key: bytes, now: datetime
) -> str:
    """Raises KeysMissing."""
    claims = logout_claims(issuer, client, notice, pairwise_key, now)
    # Section 2.4: with the keys of id_tokens; `typ` tells them apart (RFC 8725 section 3.11).
    signer = ring.signer(client.metadata.id_token_signed_response_alg, now)
    return signer.sign(claims, typ=LOGOUT_TOKEN)


@dataclass(slots=True, repr=False)
class LogoutNotices:
    """Delivers notices; what the worker calls for this kind of message."""

    issuer: str
    clock: Clock
    find_client: Callable[[str], Client | None]
    client_keys: ClientKeys
    keys: Callable[[], Ring]
    pairwise_key: bytes
    post: Post
    append: Callable[[Event, AuditContext], None]
    write: Write = logout_token
    turns: Turns = field(default_factory=lambda: Turns(AWAY))

    def __call__(self, delivery: Delivery) -> None:
        """Raises Undeliverable, and anything else to be called again later."""
        notice = Notice.read(delivery.payload)
        client = self.find_client(notice.client_id)
        if client is None or client.metadata.backchannel_logout_uri is None:
            return  # gone meanwhile, or one that only browsers tell
        last = delivery.attempt >= MOST_ATTEMPTS
        try:
            self._deliver(client, client.metadata.backchannel_logout_uri, notice, is_last=last)
        except Undeliverable as refused:
            self._failed(notice, refused.code, delivery.attempt)
            raise
        except Exception as error:
            if last:
                reason = error.reason if isinstance(error, ClientAway) else type(error).__name__.lower()
                self._failed(notice, reason, delivery.attempt)
            raise
        self._record(
            LogoutDelivered(notice.client_id, notice.person_id, digest(notice.sid), delivery.attempt)
        )

    def _deliver(self, client: Client, uri: str, notice: Notice, *, is_last: bool) -> None:
        now = self.clock()
        if self.turns.is_away(client.client_id, now) and not is_last:
            raise ClientAway("away")
        token = self.write(self.keys(), self.issuer, client, notice, self.pairwise_key, now)
        try:
            # Section 2.4: by the keys of id_tokens, so encrypted where they are.
            token = sealed(self.client_keys, client, token, client.metadata.id_token_encryption)
        except InvalidClientMetadata:
            raise put_off(self.turns, self.clock, client.client_id, "no-key") from None
        # Section 2.5
        body = urlencode({"logout_token": token}).encode("ascii")
        headers = {"content-type": FORM}
        send(*(self.turns, self.clock, client.client_id), lambda: self.post(uri, body, headers), began=now)

    def _failed(self, notice: Notice, reason: str, attempts: int) -> None:
        self._record(LogoutFailed(notice.client_id, notice.person_id, digest(notice.sid), reason, attempts))

    def _record(self, event: Event) -> None:
        self.append(event, AuditContext(at=self.clock(), actor="worker"))
