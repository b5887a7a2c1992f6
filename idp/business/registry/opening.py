"""Which business register this provider asks."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from idp.business.registry.contract import BusinessRegister
from idp.business.registry.embedded import EmbeddedBusinessRegister
from idp.business.registry.http import HttpBusinessRegister
from idp.crypto.fields import FieldCipher
from idp.outbound import Outbound
from idp.outbound.json_service import JsonService
from idp.people.directory import day_in_china
from idp.settings import BusinessRegister as BusinessRegisterSettings


def open_business_register(
    settings: BusinessRegisterSettings,
    engine: Engine,
    cipher: FieldCipher,
    outbound: Outbound,
    clock: Callable[[], datetime],
) -> BusinessRegister:
    """Raises SettingsWrong when the http register has no address or its token cannot be read."""
    if settings.adapter == "embedded":
        return EmbeddedBusinessRegister(engine, cipher)
    service = JsonService("business_register", settings, outbound, clock)
    return HttpBusinessRegister(service, lambda: day_in_china(clock()))
