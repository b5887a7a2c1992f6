"""A text message gateway behind HTTP.

The contract: `POST` of JSON `{"id", "to", "locale", "template", "values", "text"}` to the address in
`messages.url`, with a bearer token if there is one. `id` is the same when a message comes again, and a
gateway should send it once. Any 2xx means that the gateway has taken the message over; 408, 425,
429 and 5xx that it should come again later; any other answer that it never should.
"""

from collections.abc import Callable

from idp.messages.sms import Send, Sms
from idp.outbound import Answer
from idp.storage.outbox import Undeliverable

Post = Callable[[str, object, dict[str, str]], Answer]
"""URL, JSON value and headers to the answer. Raises OSError when there is none in time."""

AGAIN_LATER = frozenset({408, 425, 429})  # RFC 9110 section 15.5.9, RFC 8470, RFC 6585


class GatewayBusy(Exception):
    """The gateway cannot take the message now."""


def gateway(url: str, token: str | None, post: Post) -> Send:
    """An adapter that hands messages over to the gateway at `url`."""
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}

    def send(sms: Sms) -> None:
        value = {
            "id": sms.id,
            "to": sms.phone,
            "locale": sms.locale,
            "template": sms.text.template,
            "values": dict(sms.text.values),
            "text": sms.text.words,
        }
        status = post(url, value, headers).status
        if status in AGAIN_LATER or status >= 500:
            raise GatewayBusy(f"status {status}")
        if status >= 300:
            raise Undeliverable(f"status-{status}")

    return send
