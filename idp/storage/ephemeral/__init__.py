"""Short-lived state: codes, interactions, challenges, counters. Nothing here outlives its seconds."""

from idp.storage.ephemeral.opening import open_store
from idp.storage.ephemeral.store import Clock, EphemeralStore, StoreUnavailable

__all__ = ["Clock", "EphemeralStore", "StoreUnavailable", "open_store"]
