"""Others are told of a new alert once, signed, and not of more than the desk shows."""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.detection import alerts
from idp.detection.delivery import FLOOD_FROM, FLOOD_IN, NEWS_FOR, SYSLOG, WEBHOOK, Notices, Telling
from idp.detection.findings import Finding, Severity
from idp.outbound import AddressRefused, Answer, Unreachable
from idp.outbound.syslog import Message, Sender
from idp.outbound.syslog import Severity as SyslogSeverity
from idp.storage import outbox
from idp.storage.outbox import Drained, OutboxMessage
from tests.fakes import FakeClock
from tests.idp.detection.conftest import SHIPPED
from tests.idp.people.conftest import NOW

URL, KEY = "https://alarms.example/hook", b"k" * 32


@dataclass
class Receiver:
    """Whom alerts are told to. `statuses`: what it answers, the last again and again."""

    statuses: list[int] = field(default_factory=lambda: [204])
    failure: Exception | None = None
    got: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    lines: list[Message] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if self.failure is not None:
            raise self.failure
        self.got.append((url, body, headers))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return Answer(status=status, headers={}, body=b"")

    def send(self, messages: Sequence[Message]) -> None:
        if self.failure is not None:
            raise self.failure
        self.lines += messages


@dataclass
class Desk:
    sessions: sessionmaker[Session]
    clock: FakeClock
    receiver: Receiver

    def raise_(self, severity: Severity = Severity.HIGH, subject: str = "203.0.113.9") -> str:
        finding = Finding(
            rule="credential-stuffing",
            severity=severity,
            subject_kind="address",
            subject=subject,
            first_at=NOW,
            last_at=NOW,
            count=15,
            event_ids=("event-1",),
            facts={"values": 15},
        )
        telling = Telling((WEBHOOK, SYSLOG), Severity.MEDIUM)
        now = self.clock()
        with self.sessions.begin() as session:
            context = AuditContext(now, actor="worker")
            alert, is_new = alerts.take(session, finding, now, cool_down=timedelta(), context=context)
            if is_new:
                telling(session, alert, now)
            return alert.id

    def drain(self) -> Drained:
        notices = Notices(
            sessions=self.sessions,
            clock=self.clock,
            issuer="https://id.example",
            rules=SHIPPED,
            webhook=(URL, KEY, self.receiver.post),
            syslog=self.receiver.send,
        )
        return outbox.drain(self.sessions, notices.handlers(), self.clock)

    def waiting(self) -> list[str]:
        with self.sessions() as session:
            return sorted(session.scalars(select(OutboxMessage.kind)))


@pytest.fixture
def desk(sessions: sessionmaker[Session], clock: FakeClock) -> Desk:
    return Desk(sessions, clock, Receiver())


def test_a_new_alert_is_posted_once_and_signed(desk: Desk) -> None:
    alert_id = desk.raise_()
    desk.raise_()
    desk.drain()
    ((url, body, headers),) = desk.receiver.got
    assert url == URL
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    said = json.loads(body)
    assert said["type"] == "alert.raised"
    # As it is when it is told: two findings.
    assert (
        said["data"]
        | {
            "id": alert_id,
            "rule": "credential-stuffing",
            "severity": "high",
            "subject_kind": "address",
            "subject": "203.0.113.9",
            "count": 30,
            "url": f"https://id.example/security/alerts/{alert_id}",
        }
        == said["data"]
    )
    assert said["data"]["title"]["zh-CN"]


def test_syslog_gets_a_line_of_its_severity(desk: Desk) -> None:
    desk.raise_(Severity.CRITICAL)
    desk.drain()
    (line,) = desk.receiver.lines
    assert (line.at, line.severity, line.kind) == (NOW, SyslogSeverity.ALERT, "alert.raised")
    assert json.loads(line.text)["rule"] == "credential-stuffing"
    assert line.text.isascii()


def test_sender_of_syslog_is_what_takes_it() -> None:
    """One name for both rooms."""
    assert callable(Sender.send)


def test_what_is_less_grave_is_for_the_desk_alone(desk: Desk) -> None:
    desk.raise_(Severity.LOW)
    assert desk.waiting() == []


def test_an_attack_on_a_thousand_addresses_is_one_piece_of_news(desk: Desk) -> None:
    for number in range(FLOOD_FROM + 10):
        desk.raise_(subject=f"203.0.113.{number}")
    assert desk.waiting().count(WEBHOOK) == FLOOD_FROM
    desk.clock.advance(FLOOD_IN.total_seconds() + 1)
    desk.raise_(subject="203.0.113.250")
    assert desk.waiting().count(WEBHOOK) == FLOOD_FROM + 1


def test_who_was_away_is_told_again_by_the_same_id(desk: Desk) -> None:
    desk.receiver.statuses = [503, 200]
    desk.raise_()
    desk.drain()
    assert desk.waiting() == [WEBHOOK]
    desk.clock.advance(10)
    desk.drain()
    assert desk.waiting() == []
    first, second = (headers for _url, _body, headers in desk.receiver.got)
    assert first["webhook-id"] == second["webhook-id"]
    # A receiver refuses what is old, and the second is not.
    assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 10


@pytest.mark.parametrize("failure", [Unreachable("x"), AddressRefused("x")])
def test_nothing_is_lost_while_nobody_listens_and_no_address_is_tried_that_may_not(
    failure: Exception, desk: Desk
) -> None:
    desk.receiver.failure = failure
    desk.raise_()
    done = desk.drain()
    if isinstance(failure, AddressRefused):
        assert (done.died, done.put_off) == (2, 0)
    else:
        assert (done.died, done.put_off) == (0, 2)


def test_a_receiver_that_is_gone_is_told_no_more(desk: Desk) -> None:
    desk.receiver.statuses = [410]
    desk.raise_()
    assert desk.drain().died == 1


def test_yesterdays_alert_wakes_nobody(desk: Desk) -> None:
    desk.raise_()
    desk.clock.advance(NEWS_FOR.total_seconds() + 1)
    assert desk.drain().expired == 2
    assert not desk.receiver.got


def test_a_rule_that_is_gone_is_told_of_by_its_name(desk: Desk) -> None:
    alert_id = desk.raise_()
    notices = Notices(desk.sessions, desk.clock, "https://id.example", rules={})
    assert notices.handlers() == {}
    with desk.sessions() as session:
        alert = alerts.find(session, alert_id)
        assert alert is not None
        assert notices.document(alert)["title"] == {}
