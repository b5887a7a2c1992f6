"""A counter that asks people on their telephones."""

import pytest

from tests.idp.oidc.backchannel.desk import Desk
from tests.idp.oidc.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)
