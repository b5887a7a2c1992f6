"""Which register this provider asks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people.registry.circuit_breaker import CircuitBreaker
from idp.people.registry.contract import Register
from idp.people.registry.embedded import EmbeddedRegister
from idp.people.registry.http import HttpRegister
from idp.settings import Register as RegisterSettings
from idp.settings import SettingsWrong, read_token

if TYPE_CHECKING:
    from idp.outbound import Outbound


def open_register(
    settings: RegisterSettings,
    engine: Engine,
    cipher: FieldCipher,
    index: BlindIndex,
    outbound: "Outbound",
    clock: Callable[[], datetime],
) -> Register:
    """Raises SettingsWrong when the http register has no address or its token cannot be read."""
    if settings.adapter == "embedded":
        return EmbeddedRegister(engine, cipher, index)
    if not settings.url:
        raise SettingsWrong("register.url: the http register needs an address")

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        answer = outbound.post(url, body=body, headers=headers, timeout_seconds=settings.timeout_seconds)
        return answer.status, answer.body

    breaker = CircuitBreaker(
        failures=settings.failures_before_open, open_seconds=settings.open_seconds, clock=clock
    )
    token = read_token("register.token_file", settings.token_file)
    return HttpRegister(settings.url, token, post=post, breaker=breaker)
