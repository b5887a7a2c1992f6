"""The worker's part: a client's logo, fetched through the guarded client and kept as our own picture."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.operation import ClientLogoChanged
from idp.oidc.clients.models import ClientRecord
from idp.oidc.logos import keeping
from idp.oidc.logos.decoding import LogoRefused, small_png
from idp.outbound import AddressRefused, Answer, AnswerRefused
from idp.storage.ephemeral import Clock
from idp.storage.outbox import Delivery

TIMEOUT_SECONDS = 3.0
"""With the decoding it fits into a handler's time."""
OK = 200
GONE = frozenset({400, 401, 403, 404, 405, 406, 410, 415, 451})
"""Asking again cannot help."""


@dataclass(frozen=True, slots=True)
class Logos:
    """Brings one logo of one client here, for each message. What is here stays (`keeping`)."""

    clock: Clock
    sessions: sessionmaker[Session]
    get: Callable[[str, float], Answer]
    """Raises OutboundFailed; but where that is final, the outbox tries again."""

    def __call__(self, delivery: Delivery) -> None:
        wanted = keeping.Wanted.read(delivery.payload)
        with self.sessions() as session:
            if not _is_registered(session.get(ClientRecord, wanted.client_id), wanted.uri):
                return
            if keeping.stands(session, wanted.client_id, wanted.uri):
                return
        try:
            png, outcome = small_png(self._fetched(wanted.uri)), "made"
        except LogoRefused as refused:
            png, outcome = None, refused.reason
        now = self.clock()
        with self.sessions.begin() as session:
            # Gone or changed meanwhile: a row of it would hold nothing but the place.
            record = session.get(ClientRecord, wanted.client_id, with_for_update=True)
            if _is_registered(record, wanted.uri) and keeping.keep(
                session, wanted.client_id, wanted.uri, png, now
            ):
                event = ClientLogoChanged(wanted.client_id, outcome)
                audit.record(session, event, context=AuditContext(at=now, actor="worker"))

    def _fetched(self, uri: str) -> bytes:
        """Raises LogoRefused, OutboundFailed."""
        try:
            answer = self.get(uri, TIMEOUT_SECONDS)
        except AddressRefused:
            raise LogoRefused("address-refused") from None
        except AnswerRefused:
            raise LogoRefused("answer-refused") from None
        if answer.status in GONE:
            raise LogoRefused("not-there")
        if answer.status != OK:
            raise AnswerRefused(f"the answer has the status {answer.status}")
        return answer.body


def _is_registered(record: ClientRecord | None, uri: str) -> bool:
    return record is not None and uri in keeping.addresses_of(record)
