"""Which adapter this provider sends through."""

from ssl import create_default_context

from idp.crypto.fields import FieldCipher
from idp.messages import mail
from idp.messages.gateway import gateway
from idp.messages.mail import SendMail
from idp.messages.sandbox import sandbox, sandbox_mail
from idp.messages.sms import KIND, Send, handler
from idp.messages.smtp import Relay, smtp
from idp.outbound import Answer, Outbound
from idp.settings import Mail as MailSettings
from idp.settings import Messages as MessagesSettings
from idp.settings import SettingsWrong, read_token
from idp.storage.ephemeral import Clock, EphemeralStore
from idp.storage.outbox import HANDLER_SECONDS, Handler


def open_handlers(
    settings: MessagesSettings, cipher: FieldCipher, store: EphemeralStore, outbound: Outbound, clock: Clock
) -> dict[str, Handler]:
    """The outbox kinds of this room, for the worker. Raises SettingsWrong."""
    return {KIND: handler(cipher, _adapter(settings, store, outbound, clock))}


def open_mail_handlers(
    settings: MailSettings, cipher: FieldCipher, store: EphemeralStore, clock: Clock
) -> dict[str, Handler]:
    """The same for mails; none where they are off. Raises SettingsWrong."""
    if settings.adapter == "off":
        return {}
    return {mail.KIND: mail.handler(cipher, _mail_adapter(settings, store, clock))}


def _mail_adapter(settings: MailSettings, store: EphemeralStore, clock: Clock) -> SendMail:
    if settings.adapter == "sandbox":
        return sandbox_mail(store, clock)
    if not settings.host or not settings.sender:
        raise SettingsWrong("mail.host, mail.sender: the smtp adapter needs both")
    relay = Relay(
        host=settings.host,
        port=settings.port,
        security=settings.security,
        sender=settings.sender,
        username=settings.username,
        password=read_token("mail.password_file", settings.password_file) or "",
    )
    return smtp(relay, create_default_context(), clock, timeout_seconds=HANDLER_SECONDS / 2)


def _adapter(settings: MessagesSettings, store: EphemeralStore, outbound: Outbound, clock: Clock) -> Send:
    if settings.adapter == "sandbox":
        return sandbox(store, clock)
    if not settings.url:
        raise SettingsWrong("messages.url: the http adapter needs an address")

    def post(url: str, value: object, headers: dict[str, str]) -> Answer:
        return outbound.post_json(url, value, headers=headers, timeout_seconds=HANDLER_SECONDS / 2)

    return gateway(settings.url, read_token("messages.token_file", settings.token_file), post)
