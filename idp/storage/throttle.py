"""Growing delays for those who guess, without letting them lock out those whom they guess at.

A device that has signed in to an account before has a budget of its own there, which no failure
from elsewhere touches. Everyone else shares budgets: account and address together, the device, the
address for an hour, and the account over all strangers. The first failures of a budget cost
nothing, then each doubles the wait. Waits that strangers can cause to each other are capped low,
since a whole district may share one address. When failures over everything run high, strangers'
budgets have nothing free any more; a first try still goes through.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Protocol

from idp.storage.ephemeral import Clock, EphemeralStore

DAY = 86400
KNOWN_DEVICE_SECONDS = 90 * DAY
SHARED_LONGEST_WAIT_SECONDS = 60
NO_ADDRESS = "none"
"""Whoever comes over a Unix socket."""
CONTENTION_TRIES = 16
"""After so many lost races over one budget the caller is told to come back in a second."""


class Limits(Protocol):
    """The settings of this room (`[limits]`): counts of failures that cost nothing, and the longest wait."""

    @property
    def account_free_failures(self) -> int: ...
    @property
    def address_free_failures(self) -> int: ...
    @property
    def device_free_failures(self) -> int: ...
    @property
    def overall_failures_per_minute(self) -> int: ...
    @property
    def longest_wait_seconds(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """Who tries what. Values are only ever used under a keyed digest.

    `account`: what was typed or the person's id, the same for known and unknown numbers;
    `device`: the device cookie, None for a browser without one; `kind` keeps factors apart.
    """

    account: str
    address: str
    device: str | None = None
    kind: str = "sign-in"


@dataclass(frozen=True, slots=True)
class _Budget:
    key: str
    free: int
    longest: int
    lifetime: int
    own: bool
    """Whether a success clears it; shared budgets only get the successful try itself back."""


@dataclass(frozen=True, slots=True)
class _State:
    failures: int
    until: int  # milliseconds since 1970

    def encoded(self) -> bytes:
        return b"%d %d" % (self.failures, self.until)


NOTHING = _State(0, 0)


class Throttle:
    """Delays and quotas over the ephemeral store. Without the store nothing passes: StoreUnavailable."""

    def __init__(self, store: EphemeralStore, clock: Clock, limits: Limits, *, key: bytes) -> None:
        """`key`: for the digests in the store's keys, since numbers and phones are easily guessed."""
        self._store = store
        self._clock = clock
        self._limits = limits
        self._key = key

    def wait(self, subject: Subject) -> int:
        """Ask once before each try: 0 to go on, else the seconds to wait.

        The try counts as a failure from here on, so that guesses side by side do not slip through
        together; `succeeded` takes that back. A try that was told to wait does not count.
        """
        budgets = self._budgets(subject)
        found = [(budget, self._store.get(budget.key)) for budget in budgets]
        waits = [self._remaining(_decoded(raw)) for _, raw in found]
        if any(waits):
            return max(waits)
        return max(self._charge(budget, raw) for budget, raw in found)

    def failed(self, subject: Subject) -> int:
        """The try was wrong. Returns the seconds until the next one is allowed."""
        self._store.increment(self._overall_key(), seconds=120)
        return self.remaining(subject)

    def succeeded(self, subject: Subject) -> None:
        """The try was right: it no longer counts, and this device is known to the account from now on."""
        for budget in self._budgets(subject):
            if budget.own:
                self._store.delete(budget.key)
            else:
                self._give_back(budget)
        if subject.device is not None:
            self._store.put(self._known_key(subject), b"1", seconds=KNOWN_DEVICE_SECONDS)

    def give_back(self, subject: Subject) -> None:
        """The try does not count, and proves nothing: no budget is cleared and no device is known by it."""
        for budget in self._budgets(subject):
            self._give_back(budget)

    def remaining(self, subject: Subject) -> int:
        """The seconds that a try would have to wait now, for a page to show. Counts nothing."""
        states = (_decoded(self._store.get(budget.key)) for budget in self._budgets(subject))
        return max(map(self._remaining, states))

    def allow(self, key: str, limit: int, seconds: int) -> bool:
        """A plain quota: True for the first `limit` calls in the `seconds` since the first of them."""
        return self._store.increment(self._digest("quota", key), seconds=seconds) <= limit

    def allow_from(self, address: str, what: str, limit: int, seconds: int) -> bool:
        """`allow` for an address; for IPv6 the network that a subscriber chooses addresses from."""
        return self.allow(f"{what} {network(address)}", limit, seconds)

    def _budgets(self, subject: Subject) -> tuple[_Budget, ...]:
        limits, kind, account = self._limits, subject.kind, subject.account
        longest = limits.longest_wait_seconds
        shared = min(longest, SHARED_LONGEST_WAIT_SECONDS)
        if subject.device is not None and self._store.get(self._known_key(subject)) is not None:
            key = self._digest("own", kind, account, subject.device)
            return (_Budget(key, limits.account_free_failures, longest, DAY, own=True),)
        calm = self._is_calm()
        hour = str(int(self._clock().timestamp()) // 3600)
        address = network(subject.address)

        def budget(free: int, wait: int, lifetime: int, *parts: str, own: bool = False) -> _Budget:
            return _Budget(self._digest(*parts), free if calm else 0, wait, lifetime, own)

        strangers = [
            budget(limits.account_free_failures, longest, DAY, "pair", kind, account, address, own=True),
            budget(limits.account_free_failures * 4, shared, DAY, "account", kind, account),
            budget(limits.address_free_failures, shared, 3600, "address", kind, address, hour),
        ]
        if subject.device is not None:
            strangers.append(
                budget(limits.device_free_failures, longest, DAY, "device", kind, subject.device)
            )
        return tuple(strangers)

    def _charge(self, budget: _Budget, raw: bytes | None) -> int:
        """Count one more failure; 0, or the seconds to wait when someone else was faster."""
        for _ in range(CONTENTION_TRIES):
            state = _decoded(raw)
            if wait := self._remaining(state):
                return wait
            failures = state.failures + 1
            until = self._now() + _delay(failures - budget.free, budget.longest) * 1000
            if self._change(budget, raw, _State(failures, until)):
                return 0
            raw = self._store.get(budget.key)
        return 1

    def _give_back(self, budget: _Budget) -> None:
        for _ in range(CONTENTION_TRIES):
            raw = self._store.get(budget.key)
            state = _decoded(raw)
            if state == NOTHING or self._change(budget, raw, _State(max(0, state.failures - 1), 0)):
                return

    def _change(self, budget: _Budget, old: bytes | None, new: _State) -> bool:
        if old is None:
            return self._store.add_once(budget.key, new.encoded(), seconds=budget.lifetime)
        return self._store.replace(budget.key, old, new.encoded(), seconds=budget.lifetime)

    def _is_calm(self) -> bool:
        failures = int(self._store.get(self._overall_key()) or b"0")
        return failures <= self._limits.overall_failures_per_minute

    def _remaining(self, state: _State) -> int:
        return max(0, ceil((state.until - self._now()) / 1000))

    def _now(self) -> int:
        return int(self._clock().timestamp() * 1000)

    def _overall_key(self) -> str:
        return f"throttle:overall:{int(self._clock().timestamp()) // 60}"

    def _known_key(self, subject: Subject) -> str:
        return self._digest("known", subject.account, subject.device or "")

    def _digest(self, *parts: str) -> str:
        return f"throttle:{parts[0]}:{_keyed(self._key, parts)}"


def _delay(failures: int, longest: int) -> int:
    """Seconds: none up to 0, then 1, 2, 4, 8... up to the longest."""
    if failures <= 0:
        return 0
    return int(min(longest, 2 ** min(failures - 1, 30)))


def _decoded(raw: bytes | None) -> _State:
    if raw is None:
        return NOTHING
    failures, until = raw.split(b" ")
    return _State(int(failures), int(until))


def network(address: str) -> str:
    """An IPv6 subscriber has a whole /64 to choose from (RFC 6177)."""
    try:
        found = ip_address(address)
    except ValueError:
        return NO_ADDRESS
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return str(found)


def _keyed(key: bytes, parts: Iterable[str]) -> str:
    mac = hmac.new(key, digestmod="sha256")
    for part in parts:
        mac.update(len(part.encode()).to_bytes(4, "big") + part.encode())
    return mac.hexdigest()[:40]
