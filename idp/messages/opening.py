"""Which adapter this provider sends through."""

from idp.crypto.fields import FieldCipher
from idp.messages.gateway import gateway
from idp.messages.sandbox import sandbox
from idp.messages.sms import KIND, Send, handler
from idp.outbound import Answer, Outbound
from idp.settings import Messages as MessagesSettings
from idp.settings import SettingsWrong, read_token
from idp.storage.ephemeral import Clock, EphemeralStore
from idp.storage.outbox import HANDLER_SECONDS, Handler


def open_handlers(
    settings: MessagesSettings, cipher: FieldCipher, store: EphemeralStore, outbound: Outbound, clock: Clock
) -> dict[str, Handler]:
    """The outbox kinds of this room, for the worker. Raises SettingsWrong."""
    return {KIND: handler(cipher, _adapter(settings, store, outbound, clock))}


def _adapter(settings: MessagesSettings, store: EphemeralStore, outbound: Outbound, clock: Clock) -> Send:
    if settings.adapter == "sandbox":
        return sandbox(store, clock)
    if not settings.url:
        raise SettingsWrong("messages.url: the http adapter needs an address")

    def post(url: str, value: object, headers: dict[str, str]) -> Answer:
        return outbound.post_json(url, value, headers=headers, timeout_seconds=HANDLER_SECONDS / 2)

    return gateway(settings.url, read_token("messages.token_file", settings.token_file), post)
