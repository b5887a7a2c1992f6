"""A provider with the hooks of a sandbox, and one script for its portal."""

from dataclasses import replace

import pytest

from idp.oidc.endpoints import discovery
from idp.oidc.token import server
from idp.sandbox.outcomes.new_keys import NewKeys
from idp.sandbox.outcomes.scripts import Scripts
from idp.sandbox.outcomes.sent_before import SentBefore
from idp.sandbox.outcomes.twisting import Outcomes
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
from tests.idp.sandbox.outcomes.stage import Stage

__all__ = ["clock", "configuration", "engine", "master_document", "master_keys", "prepared", "world"]


@pytest.fixture
def stage(world: World) -> Stage:
    scripts = Scripts(world.provider.store, world.clock)
    slept: list[float] = []
    store, grant_key = world.provider.store, world.provider.grant_key
    new_keys = NewKeys(store, world.clock)
    outcomes = Outcomes(scripts, SentBefore(store), new_keys, grant_key, slept.append)
    world.provider = replace(world.provider, twists=outcomes.twists())
    world.__post_init__()
    jwks = discovery.PATHS["jwks_uri"]
    world.endpoints = {
        **world.endpoints,
        server.PATH: outcomes.watched(world.endpoints[server.PATH]),
        jwks: new_keys.besides(world.endpoints[jwks]),
    }
    return Stage(world, scripts, outcomes, slept)
