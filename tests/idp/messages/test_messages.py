"""Text messages from the transaction that wants them to the phone, through the outbox."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.messages import TextMessages, open_handlers, sandbox, texts
from idp.messages.gateway import GatewayBusy, gateway
from idp.messages.sms import Sms, handler
from idp.outbound import Answer, Outbound
from idp.settings import Messages, SettingsWrong
from idp.storage.base import Base
from idp.storage.database import open_database
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.outbox import Drained, OutboxMessage, Undeliverable, drain
from tests.fakes import FakeClock

PHONE, CODE = "+8613800138000", "123456"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(KeyRing("one", {"one": b"k" * 32}))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path}/idp.db")
    Base.metadata.create_all(opened, [Base.metadata.tables["outbox_messages"]])
    yield opened
    opened.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine)


@pytest.fixture
def messages(cipher: FieldCipher) -> TextMessages:
    return TextMessages(cipher, code_seconds=300)


def settings(**values: object) -> Messages:
    base = {"adapter": "sandbox", "url": "", "sms_code_seconds": 300, "activation_code_days": 14}
    return Messages.model_validate({**base, **values})


class Few:
    allow: tuple[str, ...] = ()
    timeout_seconds = 1.0
    bytes_at_most = 1000


def sms(number: int = 0) -> Sms:
    return Sms(f"id-{number}", PHONE, "en", texts.code("en", CODE, 300))


def test_a_code_reaches_the_sandboxs_page(
    messages: TextMessages, sessions: sessionmaker[Session], cipher: FieldCipher, clock: FakeClock
) -> None:
    store = MemoryStore(clock)
    with sessions.begin() as session:
        messages.send_code(session, PHONE, CODE, locale="en", now=clock())
    handlers = open_handlers(settings(), cipher, store, Outbound(Few()), clock)
    assert sandbox.recent(store) == []
    assert drain(sessions, handlers, clock) == Drained(delivered=1)
    (message,) = sandbox.recent(store)
    assert (message.phone, message.at) == (PHONE, clock())
    assert CODE in message.text
    assert "5 minutes" in message.text


@pytest.mark.parametrize("locale", ["zh-CN", "zh-Hant", "en"])
def test_words_hold_the_code_in_every_language(locale: str) -> None:
    text = texts.code(locale, CODE, 300)
    assert CODE in text.words
    assert "5" in text.words
    assert (text.template, text.values) == ("code", {"code": CODE, "minutes": "5"})
    assert CODE not in repr(text)


def test_the_database_holds_neither_phone_nor_code(
    messages: TextMessages, sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    with sessions.begin() as session:
        messages.send_code(session, PHONE, CODE, locale="en", now=clock())
    with sessions() as session:
        row = session.scalars(select(OutboxMessage)).one()
    for column in OutboxMessage.__table__.columns:
        value = getattr(row, column.key)
        shown = value if isinstance(value, bytes) else str(value).encode()
        assert PHONE.encode() not in shown
        assert CODE.encode() not in shown


def test_a_sealed_message_moved_to_another_row_is_not_sent(
    messages: TextMessages, sessions: sessionmaker[Session], cipher: FieldCipher, clock: FakeClock
) -> None:
    with sessions.begin() as session:
        messages.send_code(session, PHONE, CODE, locale="en", now=clock())
        session.flush()
        session.scalars(select(OutboxMessage)).one().id = "another"
    sent: list[Sms] = []
    assert drain(sessions, {"sms": handler(cipher, sent.append)}, clock) == Drained(put_off=1)
    assert sent == []


def test_a_code_that_ran_out_is_not_sent(
    messages: TextMessages, sessions: sessionmaker[Session], cipher: FieldCipher, clock: FakeClock
) -> None:
    with sessions.begin() as session:
        messages.send_code(session, PHONE, CODE, locale="en", now=clock())
    clock.advance(300)
    sent: list[Sms] = []
    assert drain(sessions, {"sms": handler(cipher, sent.append)}, clock) == Drained(expired=1)
    assert sent == []


def test_the_sandbox_shows_each_message_once_newest_first_and_not_for_ever(clock: FakeClock) -> None:
    store = MemoryStore(clock)
    send = sandbox.sandbox(store, clock)
    for number in range(sandbox.KEPT + 10):
        send(sms(number))
    send(sms(sandbox.KEPT + 9))
    shown = [message.id for message in sandbox.recent(store)]
    assert shown == [f"id-{number}" for number in range(sandbox.KEPT + 9, 9, -1)]
    clock.advance(sandbox.SECONDS)
    assert sandbox.recent(store) == []


def test_workers_side_by_side_lose_no_message(clock: FakeClock) -> None:
    store = MemoryStore(clock)
    send = sandbox.sandbox(store, clock)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(send, map(sms, range(40))))
    assert {message.id for message in sandbox.recent(store)} == {f"id-{number}" for number in range(40)}


class Gateway:
    def __init__(self, status: int) -> None:
        self.status = status
        self.asked: list[tuple[str, object, dict[str, str]]] = []

    def __call__(self, url: str, value: object, headers: dict[str, str]) -> Answer:
        self.asked.append((url, json.loads(json.dumps(value)), headers))
        return Answer(self.status, {}, b"")


def test_the_gateway_gets_the_contract() -> None:
    asked = Gateway(202)
    gateway("https://sms.example/send", "secret", asked)(sms())
    ((url, value, headers),) = asked.asked
    assert (url, headers) == ("https://sms.example/send", {"authorization": "Bearer secret"})
    assert value == {
        "id": "id-0",
        "to": PHONE,
        "locale": "en",
        "template": "code",
        "values": {"code": CODE, "minutes": "5"},
        "text": sms().text.words,
    }


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_busy_gateway_is_asked_again(status: int) -> None:
    with pytest.raises(GatewayBusy):
        gateway("https://sms.example/", None, Gateway(status))(sms())


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_refusal_is_final(status: int) -> None:
    with pytest.raises(Undeliverable, match=f"status-{status}"):
        gateway("https://sms.example/", None, Gateway(status))(sms())


def test_wrong_settings_stop_the_start(cipher: FieldCipher, clock: FakeClock, tmp_path: Path) -> None:
    store, outbound = MemoryStore(clock), Outbound(Few())
    with pytest.raises(SettingsWrong, match=r"messages\.url"):
        open_handlers(settings(adapter="http"), cipher, store, outbound, clock)
    missing = settings(adapter="http", url="https://sms.example/", token_file=tmp_path / "missing")
    with pytest.raises(SettingsWrong, match=r"messages\.token_file"):
        open_handlers(missing, cipher, store, outbound, clock)


def test_the_http_adapter_goes_through_the_guarded_client(
    messages: TextMessages,
    sessions: sessionmaker[Session],
    cipher: FieldCipher,
    clock: FakeClock,
    tmp_path: Path,
) -> None:
    (tmp_path / "token").write_text("secret\n")
    inside = settings(adapter="http", url="https://127.0.0.1/send", token_file=tmp_path / "token")
    with sessions.begin() as session:
        messages.send_code(session, PHONE, CODE, locale="en", now=clock())
    handlers = open_handlers(inside, cipher, MemoryStore(clock), Outbound(Few()), clock)
    assert drain(sessions, handlers, clock) == Drained(put_off=1)
    with sessions() as session:
        assert session.scalars(select(OutboxMessage)).one().failure == "AddressRefused"
