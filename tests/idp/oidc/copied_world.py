"""A world of its own for each run of a state machine, from one prepared database."""

import shutil
from pathlib import Path

from idp.audit import AuditLog
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import MasterKeys
from idp.oidc.provider import open_provider
from idp.outbound import Outbound, to_clients
from idp.settings import Settings
from idp.storage.database import open_database
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.oidc.conftest import NOW
from tests.idp.oidc.world import World


def copied_world(
    prepared: Path, folder: Path, person_id: str, configuration: Settings, keys: MasterKeys
) -> World:
    shutil.copy(prepared, folder / "idp.db")
    engine = open_database(f"sqlite:///{folder}/idp.db")
    clock = FakeClock(NOW)
    provider = open_provider(
        configuration,
        clock=clock,
        engine=engine,
        store=MemoryStore(clock),
        master_keys=keys,
        cipher=FieldCipher(keys.encryption),
        audit=AuditLog(engine),
        outbound=Outbound(configuration.outbound),
        outbound_to_clients=to_clients(configuration.outbound),
    )
    return World(provider, engine, clock, person_id)
