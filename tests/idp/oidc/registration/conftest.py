"""A provider at which clients register themselves."""

import pytest

from tests.idp.oidc.registration.registering import Desk, opened
from tests.idp.oidc.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    return opened(world)
