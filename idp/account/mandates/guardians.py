"""The desk that asks the population register about guardians, put together of the provider's services."""

from idp.extensions import Services
from idp.mandates.guardian_desk import GuardianDesk
from idp.people.daily_tries import Counters


def desk_of(found: Services) -> GuardianDesk:
    return GuardianDesk(
        sessions=found.sessions,
        register=found.register,
        guardianships=found.mandates.guardianships,
        counters=Counters(found.store, found.index),
        cipher=found.cipher,
        index=found.index,
        tries_per_day=found.settings.mandates.guardian_tries_per_day,
    )
