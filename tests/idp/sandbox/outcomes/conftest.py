"""A provider with the hooks of a sandbox, and one script for its portal."""

from dataclasses import replace

import pytest

from idp.oidc.token import server
from idp.sandbox.outcomes.scripts import Scripts
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
    outcomes = Outcomes(scripts, world.provider.grant_key, slept.append)
    world.provider = replace(world.provider, twists=outcomes.twists())
    world.__post_init__()
    world.endpoints = {**world.endpoints, server.PATH: outcomes.watched(world.endpoints[server.PATH])}
    return Stage(world, scripts, outcomes, slept)
