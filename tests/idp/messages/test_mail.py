"""Mails from the transaction that wants them to a mail server, through the outbox and over TLS."""

import smtplib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from idp.crypto.fields import FieldCipher
from idp.messages import Mails, open_mail_handlers, sandbox
from idp.messages.mail import Mail
from idp.messages.smtp import Relay, Security, smtp
from idp.settings import Mail as MailSettings
from idp.settings import SettingsWrong
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.outbox import OutboxMessage, Undeliverable, drain
from tests.fakes import FakeClock
from tests.idp.messages.relay import NAME, MailServer, serving
from tests.idp.messages.test_messages import cipher, clock, engine, sessions

__all__ = ["cipher", "clock", "engine", "sessions"]
ADDRESS, CODE = "zhang@mail.example", "123456"
MAIL = Mail("0192-id", ADDRESS, "验证码", "您的验证码是 123456。")
SETTINGS = {
    "adapter": "sandbox",
    "code_seconds": 900,
    "sender": "no-reply@id.example",
    "host": "mail.example",
    "port": 465,
    "security": "tls",
    "username": "",
}


def settings(**values: object) -> MailSettings:
    return MailSettings.model_validate({**SETTINGS, **values})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with serving(tmp_path, MailServer()) as found:
        yield found


def send(server: MailServer, *, security: Security = "tls", context: ssl.SSLContext | None = None) -> None:
    relay = Relay(NAME, server.port, security, "no-reply@id.example", "idp", "secret")
    smtp(relay, context or server.trusted, FakeClock(), timeout_seconds=5)(MAIL)


def test_a_code_reaches_the_sandboxs_page(
    cipher: FieldCipher, sessions: sessionmaker[Session], engine: Engine, clock: FakeClock
) -> None:
    store = MemoryStore(clock)
    with sessions.begin() as session:
        Mails(cipher, code_seconds=900).send_code(session, ADDRESS, CODE, locale="en", now=clock())
    with sessions() as session:
        (kept,) = session.scalars(select(OutboxMessage.payload))
    assert ADDRESS.encode() not in kept
    assert CODE.encode() not in kept
    handlers = open_mail_handlers(settings(), cipher, store, clock)
    assert drain(sessions, handlers, clock).delivered == 1
    (message,) = sandbox.recent(store)
    assert message.phone == ADDRESS
    assert CODE in message.text
    assert "http" not in message.text


def test_a_code_that_has_run_out_is_not_sent(
    cipher: FieldCipher, sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    with sessions.begin() as session:
        Mails(cipher, code_seconds=900).send_code(session, ADDRESS, CODE, locale="en", now=clock())
    clock.advance(901)
    store = MemoryStore(clock)
    assert drain(sessions, open_mail_handlers(settings(), cipher, store, clock), clock).expired == 1


def test_a_mail_server_takes_what_a_mailbox_can_read(server: MailServer) -> None:
    send(server)
    assert server.commands == ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]
    (raw,) = server.mails
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert (message["From"], message["To"], message["Subject"]) == (
        "no-reply@id.example",
        ADDRESS,
        MAIL.subject,
    )
    assert message["Message-ID"] == "<0192-id@id.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert message.get_content().strip() == MAIL.words


def test_starttls_comes_before_anything_of_ours(tmp_path: Path) -> None:
    with serving(tmp_path, MailServer(implicit=False)) as server:
        send(server, security="starttls")
        plain = [command for command in server.commands if command.endswith("in plain")]
        assert plain == ["EHLO in plain", "STARTTLS in plain"]
        assert len(server.mails) == 1


def test_attack_somebody_between_strips_starttls(tmp_path: Path) -> None:
    with serving(tmp_path, MailServer(implicit=False, offers_tls=False)) as server:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            send(server, security="starttls")
        assert server.mails == []
        assert not any(command.startswith("AUTH") for command in server.commands)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_attack_somebody_else_answers_for_the_mail_server(tmp_path: Path, security: Security) -> None:
    with serving(tmp_path, MailServer(implicit=security == "tls")) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            send(server, security=security, context=ssl.create_default_context())
        assert server.mails == []


@pytest.mark.parametrize("at", ["RCPT", "."])
def test_what_it_refuses_for_good_is_given_up(server: MailServer, at: str) -> None:
    server.refuses[at] = "550 nobody here"
    with pytest.raises(Undeliverable, match="smtp-550"):
        send(server)


@pytest.mark.parametrize("at", ["RCPT", ".", "MAIL", "AUTH"])
def test_what_it_cannot_take_now_is_sent_again_later(server: MailServer, at: str) -> None:
    server.refuses[at] = "451 busy"
    with pytest.raises(smtplib.SMTPException):
        send(server)


def test_a_mail_that_was_taken_is_not_sent_again_for_a_bad_goodbye(server: MailServer) -> None:
    server.refuses["QUIT"] = "421 going down"
    send(server)
    assert len(server.mails) == 1


def test_wrong_settings_stop_the_start(cipher: FieldCipher, clock: FakeClock) -> None:
    store = MemoryStore(clock)
    assert open_mail_handlers(settings(adapter="off"), cipher, store, clock) == {}
    for missing in ("host", "sender"):
        with pytest.raises(SettingsWrong, match=r"mail\.host"):
            open_mail_handlers(settings(adapter="smtp", **{missing: ""}), cipher, store, clock)
    assert open_mail_handlers(settings(adapter="smtp"), cipher, store, clock)
