"""Telling others of new alerts: a webhook with a signed body, and syslog, each by the outbox.

The webhook follows the Standard Webhooks specification 1.0 (standardwebhooks.com): `webhook-id` stays the
same when it is sent again, `webhook-timestamp` is Unix seconds, `webhook-signature` is `v1,` and the base64
of HMAC-SHA-256 over `id.timestamp.body`. A receiver refuses timestamps of more than some minutes ago.

What is told is what the desk shows: a person is a pseudonymous id, never a number or a name.
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.export.jsonl import moment
from idp.detection.findings import Severity
from idp.detection.models import Alert
from idp.detection.rules import Rule
from idp.outbound import AddressRefused, Answer, OutboundFailed
from idp.outbound.syslog import Message
from idp.outbound.syslog import Severity as SyslogSeverity
from idp.storage import outbox
from idp.storage.ephemeral import Clock
from idp.storage.outbox import HANDLER_SECONDS, Delivery, Handler, Undeliverable

WEBHOOK, SYSLOG = "alert-webhook", "alert-syslog"
EVENT_TYPE = "alert.raised"
NEWS_FOR = timedelta(days=1)
"""Later nobody is helped by being told; the desk has it all the same."""
FLOOD_FROM, FLOOD_IN = 20, timedelta(hours=1)
"""Of one rule no more new alerts are told of in such a time; the desk has them all."""
TIMEOUT_SECONDS = HANDLER_SECONDS / 2
ORDER = tuple(Severity)
SYSLOG_SEVERITY = {
    Severity.LOW: SyslogSeverity.NOTICE,
    Severity.MEDIUM: SyslogSeverity.WARNING,
    Severity.HIGH: SyslogSeverity.CRITICAL,
    Severity.CRITICAL: SyslogSeverity.ALERT,
}

Post = Callable[[str, bytes, Mapping[str, str]], Answer]
"""Raises OutboundFailed."""
Send = Callable[[Sequence[Message]], None]
"""Returns once the collector has them. Raises OutboundFailed."""


class NotTaken(Exception):
    """The receiver answered, and did not take it: to be told again later."""


@dataclass(frozen=True)
class Telling:
    """Which ways there are, and from which severity on they are used."""

    ways: tuple[str, ...]
    least: Severity

    def __call__(self, session: Session, alert: Alert, now: datetime) -> None:
        if ORDER.index(Severity(alert.severity)) < ORDER.index(self.least):
            return
        if self._is_flood(session, alert, now):
            return
        for way in self.ways:
            # The id alone: whoever delivers it reads the alert as it is then.
            outbox.enqueue(session, way, alert.id.encode("ascii"), now=now, expires_at=now + NEWS_FOR)

    def _is_flood(self, session: Session, alert: Alert, now: datetime) -> bool:
        """Whether enough was told of this rule: an attack on thousands of accounts is one piece of news."""
        recent = select(func.count()).where(Alert.rule == alert.rule, Alert.opened_at > now - FLOOD_IN)
        return (session.scalar(recent) or 0) > FLOOD_FROM


@dataclass(frozen=True)
class Notices:
    """The outbox's handlers."""

    sessions: sessionmaker[Session]
    clock: Clock
    issuer: str
    rules: Mapping[str, Rule]
    webhook: tuple[str, bytes, Post] | None = None
    """Address, key, and how it is posted."""
    syslog: Send | None = None

    def handlers(self) -> dict[str, Handler]:
        found: dict[str, Handler] = {}
        if self.webhook is not None:
            found[WEBHOOK] = self._post
        if self.syslog is not None:
            found[SYSLOG] = self._send
        return found

    def _post(self, delivery: Delivery) -> None:
        assert self.webhook is not None
        url, key, post = self.webhook
        body = self._body(delivery)
        stamp = str(int(self.clock().timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery.id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(key, delivery.id, stamp, body),
        }
        try:
            status = post(url, body, headers).status
        except AddressRefused:
            raise Undeliverable("address-refused") from None
        if status == GONE:
            # The specification: the receiver wants no more of this.
            raise Undeliverable("gone")
        if not 200 <= status < 300:
            raise NotTaken(f"status-{status}")

    def _send(self, delivery: Delivery) -> None:
        assert self.syslog is not None
        alert = self._alert(delivery)
        severity = SYSLOG_SEVERITY[Severity(alert.severity)]
        text = json.dumps(self.document(alert), ensure_ascii=True, separators=(",", ":"))
        try:
            self.syslog([Message(alert.opened_at, severity, EVENT_TYPE, text)])
        except AddressRefused:
            raise Undeliverable("address-refused") from None
        except OutboundFailed as failure:
            raise NotTaken(type(failure).__name__) from None

    def _body(self, delivery: Delivery) -> bytes:
        alert = self._alert(delivery)
        said = {"type": EVENT_TYPE, "timestamp": moment(alert.opened_at), "data": self.document(alert)}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    def _alert(self, delivery: Delivery) -> Alert:
        with self.sessions() as session:
            found = session.get(Alert, delivery.payload.decode("ascii"))
        if found is None:
            raise Undeliverable("no-such-alert")
        return found

    def document(self, alert: Alert) -> dict[str, object]:
        rule = self.rules.get(alert.rule)
        return {
            "id": alert.id,
            "rule": alert.rule,
            "title": {} if rule is None else dict(rule.title),
            "severity": alert.severity,
            "tags": [] if rule is None else list(rule.tags),
            "subject_kind": alert.subject_kind,
            "subject": alert.subject,
            "first_at": moment(alert.first_at),
            "last_at": moment(alert.last_at),
            "count": alert.count,
            "facts": alert.facts,
            "status": alert.status,
            "url": f"{self.issuer}/security/alerts/{alert.id}",
        }


GONE = 410


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = b".".join((message_id.encode("ascii"), timestamp.encode("ascii"), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode("ascii")
