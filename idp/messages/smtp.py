"""Mails by SMTP, over TLS alone (RFC 8314): from the first byte, or by STARTTLS before anything is said."""

import smtplib
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ssl import SSLContext
from typing import Literal

from idp.messages.mail import Mail, SendMail
from idp.storage.ephemeral import Clock
from idp.storage.outbox import Undeliverable

PERMANENT = 500
"""RFC 5321 section 4.2.1: a reply of the 5yz kind says the same next time; one of 4yz need not."""
Security = Literal["tls", "starttls"]


@dataclass(frozen=True, slots=True)
class Relay:
    """The server that takes our mails, and how it knows us."""

    host: str
    port: int
    security: Security
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)


def smtp(relay: Relay, context: SSLContext, clock: Clock, *, timeout_seconds: float) -> SendMail:
    """An adapter. One connection a mail: codes are few, and a broken connection harms one of them."""

    def send(mail: Mail) -> None:
        server = _connect(relay, context, timeout_seconds)
        try:
            if relay.username:
                server.login(relay.username, relay.password)
            server.send_message(_written(mail, relay, clock))
        except smtplib.SMTPRecipientsRefused as refused:
            # One recipient: all of them are this one.
            _give_up_at(next(iter(refused.recipients.values()))[0])
            raise
        except smtplib.SMTPDataError as refused:
            _give_up_at(refused.smtp_code)
            raise
        finally:
            # What it says to our goodbye changes nothing: a mail that was taken is not sent again for it.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    return send


def _connect(relay: Relay, context: SSLContext, timeout_seconds: float) -> smtplib.SMTP:
    if relay.security == "tls":
        return smtplib.SMTP_SSL(relay.host, relay.port, context=context, timeout=timeout_seconds)
    server = smtplib.SMTP(relay.host, relay.port, timeout=timeout_seconds)
    try:
        # Raises SMTPNotSupportedError where it is not offered: nothing goes out in plain.
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server


def _written(mail: Mail, relay: Relay, clock: Clock) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = relay.sender
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock())
    # The same when it is sent again, so that a mailbox may show it once.
    message["Message-ID"] = f"<{mail.id}@{relay.sender.rpartition('@')[2]}>"
    # RFC 3834 section 5: no machine answers it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.words)
    return message


def _give_up_at(code: int) -> None:
    if code >= PERMANENT:
        raise Undeliverable(f"smtp-{code}") from None
