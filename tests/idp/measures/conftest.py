"""A provider with two portals, one person, and the measures of its security staff."""

import pytest

from idp.crypto.master_key import MasterKeys
from tests.idp.measures.desk import Desk
from tests.idp.oidc.conftest import (
    clock,
    configuration,
    engine,
    master_document,
    master_keys,
    prepared,
    world,
)
from tests.idp.oidc.world import World

__all__ = ["clock", "configuration", "engine", "master_document", "master_keys", "prepared", "world"]


@pytest.fixture
def desk(world: World, master_keys: MasterKeys) -> Desk:
    return Desk(world, keys=master_keys.blind_index)
