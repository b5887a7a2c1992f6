"""Telling clients, from the worker: a POST of JSON with the client's own bearer token (CIBA Core 1.0
sections 10.2, 10.3 and 12)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.audit.events.backchannel import NotificationDelivered, NotificationFailed
from idp.audit.fields import Event
from idp.crypto.fields import FieldCipher
from idp.oidc.backchannel import notices
from idp.oidc.backchannel.notices import Notice
from idp.oidc.claims.release import stands
from idp.oidc.clients.metadata import Client
from idp.oidc.notice_sending import ClientAway, Post, send
from idp.oidc.notice_turns import Turns
from idp.oidc.token import live_grants, offline_grants
from idp.oidc.token.live_grants import LiveGrant
from idp.outbound import Answer, AnswerRefused
from idp.storage.database import READ_ONLY
from idp.storage.ephemeral import Clock, EphemeralStore
from idp.storage.outbox import MOST_ATTEMPTS, Delivery, Undeliverable

AWAY = timedelta(seconds=10)
"""Nobody asks a client that did not answer again for so long: others wait behind it."""


@dataclass(slots=True, repr=False)
class Notifications:
    """Delivers notices; what the worker calls for this kind of message."""

    clock: Clock
    cipher: FieldCipher
    store: EphemeralStore
    sessions: sessionmaker[Session]
    find_client: Callable[[str], Client | None]
    post: Post
    append: Callable[[Event, AuditContext], None]
    turns: Turns = field(default_factory=lambda: Turns(AWAY))

    def __call__(self, delivery: Delivery) -> None:
        """Raises Undeliverable, and ClientAway to be called again later."""
        notice = notices.read(self.cipher, delivery.id, delivery.payload)
        client = self.find_client(notice.client_id)
        uri = None if client is None else client.metadata.backchannel_client_notification_endpoint
        try:
            if client is None or uri is None:
                raise Undeliverable("client-gone")
            if self.clock() >= notice.ends_at:
                raise Undeliverable("too-late")
            self._deliver(uri, notice, client)
        except Undeliverable as refused:
            self._give_up(notice, refused.code, delivery.attempt)
            raise
        except ClientAway as away:
            if delivery.attempt >= MOST_ATTEMPTS:
                self._give_up(notice, away.reason, delivery.attempt)
            raise
        delivered = NotificationDelivered(notice.client_id, notice.grant_id, notice.mode, delivery.attempt)
        self._record(delivered)

    def _deliver(self, uri: str, notice: Notice, client: Client) -> None:
        if self.turns.is_away(notice.client_id, self.clock()):
            raise ClientAway("away")
        headers = {
            "content-type": "application/json",
            # Section 10.2: the client knows by its own token that it is us.
            "authorization": f"Bearer {notice.notification_token}",
        }
        body = notice.body
        if notice.rests_on is not None and (
            client.has_ended(notice.made_at) or not self._stands(notice, notice.rests_on)
        ):
            # As for whoever fetches: it may have waited for minutes, and an id_token signs somebody in.
            self._end(notice)
            body = notice.without_tokens()
        written = json.dumps(body).encode()
        send(
            *(self.turns, self.clock, notice.client_id),
            lambda: self._post(uri, written, headers),
            began=self.clock(),
        )

    def _post(self, uri: str, body: bytes, headers: dict[str, str]) -> Answer:
        try:
            return self.post(uri, body, headers)
        except AnswerRefused:
            # Section 10.2: a redirect MUST NOT be followed.
            raise Undeliverable("answer-refused") from None

    def _give_up(self, notice: Notice, reason: str, attempts: int) -> None:
        if notice.rests_on is not None:
            # Nobody has these tokens: none of them is to live on.
            self._end(notice)
        self._record(NotificationFailed(notice.client_id, notice.grant_id, notice.mode, reason, attempts))

    def _end(self, notice: Notice) -> None:
        with self.sessions.begin() as session:
            offline_grants.end(session, notice.grant_id)
        live_grants.end(self.store, notice.grant_id)

    def _stands(self, notice: Notice, rests_on: tuple[str, ...]) -> bool:
        """Neither the account, the consent, the session or the mandate has ended since, nor what was granted
        itself."""
        if live_grants.find(self.store, notice.grant_id) is None:
            return False
        with self.sessions() as session:
            connection = session.connection(execution_options=READ_ONLY)
            scopes = notice.body["scope"].split()
            person_id, consent_id, session_id, *acting = rests_on
            live = LiveGrant(person_id, consent_id, session_id, mandate_id=acting[0] if acting else None)
            return stands(connection, live, notice.client_id, self.clock(), scopes)

    def _record(self, event: Event) -> None:
        self.append(event, AuditContext(at=self.clock(), actor="worker"))
