"""What stands in the log for what somebody typed to say who they are, so that many different ones are seen.

Of nobody's number may anything stay that finds it again: all numbers there are can be tried in minutes by
whoever has the key. So there are two keys. One is the provider's own, apart from all others. The other is
drawn for each day, lies in the ephemeral store alone, and is gone after the day that follows: from then on
nobody can try a number against the log, and a number of one day is never joined with the same of another.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idp.crypto.digests import keyed, new_secret
from idp.people.directory import day_in_china
from idp.storage.ephemeral import EphemeralStore

KEY_USE: Final = "what was tried"
KEPT_SECONDS: Final = 2 * 24 * 3600
"""Of a day's key, so that clocks of processes may differ around midnight."""


@dataclass(frozen=True)
class TriedDigests:
    store: EphemeralStore
    key: bytes
    _days: dict[str, str] = field(default_factory=dict, repr=False)
    """The keys of days that this process has asked for: two at most."""

    def digest(self, typed: str, now: datetime) -> str:
        """`typed`: normalised. Raises StoreUnavailable."""
        return keyed(self.key, self._key_of(day_in_china(now).isoformat()), typed)

    def _key_of(self, day: str) -> str:
        if (known := self._days.get(day)) is not None:
            return known
        name = f"tried:{day}"
        self.store.add_once(name, new_secret().encode("ascii"), seconds=KEPT_SECONDS)
        found = self.store.get(name)
        # It can only be gone where the store loses what it was given.
        drawn = new_secret() if found is None else found.decode("ascii")
        for old in sorted(self._days)[:-1]:
            del self._days[old]
        self._days[day] = drawn
        return drawn
