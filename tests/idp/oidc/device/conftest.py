"""A device that shows a code, and a phone."""

import pytest

from tests.idp.oidc.device.kiosk import SPA, Kiosk, Phone, register
from tests.idp.oidc.world import World


@pytest.fixture
def kiosk(world: World) -> Kiosk:
    """A public client: a device keeps no secret."""
    register(world, SPA)
    return Kiosk(world)


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(world)
