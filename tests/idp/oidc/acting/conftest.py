import pytest

from idp.crypto.master_key import MasterKeys
from tests.idp.oidc.acting.hats import Hats, hats_of
from tests.idp.oidc.world import World


@pytest.fixture
def hats(world: World, master_keys: MasterKeys) -> Hats:
    world.sign_in()
    return hats_of(world, master_keys)
