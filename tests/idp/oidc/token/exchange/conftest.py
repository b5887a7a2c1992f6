"""Services that call one another for people."""

import pytest

from tests.idp.oidc.token.exchange.exchanging import Exchange, opened
from tests.idp.oidc.world import World


@pytest.fixture
def desk(world: World) -> Exchange:
    return opened(world)
