"""Which register this provider asks."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.outbound import Outbound
from idp.outbound.json_service import JsonService
from idp.people.registry.contract import Register
from idp.people.registry.embedded import EmbeddedRegister
from idp.people.registry.http import HttpRegister
from idp.settings import Register as RegisterSettings


def open_register(
    settings: RegisterSettings,
    engine: Engine,
    cipher: FieldCipher,
    index: BlindIndex,
    outbound: Outbound,
    clock: Callable[[], datetime],
) -> Register:
    """Raises SettingsWrong when the http register has no address or its token cannot be read."""
    if settings.adapter == "embedded":
        return EmbeddedRegister(engine, cipher, index)
    return HttpRegister(JsonService("register", settings, outbound, clock))
