"""What the kinds of rules share: whom an event counts for, and a bounded memory of what was seen of each."""

import re
from abc import ABC, abstractmethod
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from idp.audit.recorded import Recorded
from idp.crypto.digests import digest
from idp.detection.addresses import Addresses
from idp.detection.findings import EVENTS_AT_MOST, Fact, Finding
from idp.detection.places import Places

if TYPE_CHECKING:
    from idp.detection.rules import Rule

SUBJECT = re.compile(r"[!-~]{1,128}")
KEYS_AT_MOST = 50_000
NETWORK = "network"
COLUMNS = frozenset({"person_id", "client_id", "address", NETWORK, "device", "interaction_id", "actor"})
"""What each event may have, whatever it is; `network` follows from the address."""
Value = Callable[[Recorded], str | None]
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the operator knows, and no event says."""

    addresses: Addresses = field(default_factory=Addresses)
    shared_devices: frozenset[str] = frozenset()
    places: Places | None = None
    keys_at_most: int = KEYS_AT_MOST
    """How many subjects one rule remembers; the one of which it heard longest ago is forgotten first."""


class Parameters(BaseModel):
    """Of a kind of rules, beside what all rules have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def fields(self) -> Iterable[str]:
        """Names of fields that the events of a rule with these must have."""
        return ()


def value_of(name: str, surroundings: Surroundings) -> Value:
    """How to read a field of an event as text; None where it holds nothing, or a crowd."""
    addresses, shared = surroundings.addresses, surroundings.shared_devices
    if name in {"address", "network"}:
        is_address = name == "address"

        def of_address(event: Recorded) -> str | None:
            if event.address is None:
                return None
            read = addresses.read(event.address)
            if read.is_shared:
                return None
            return read.subscriber if is_address else read.neighbourhood

        return of_address
    if name == "device":
        return lambda event: None if event.device in shared else event.device
    if name in COLUMNS:

        def of_column(event: Recorded) -> str | None:
            found: str | None = getattr(event, name)
            return found

        return of_column

    def of_payload(event: Recorded) -> str | None:
        found = event.fields.get(name)
        return None if found is None else str(found)

    return of_payload


@dataclass(slots=True)
class Remembered:
    """Of one key: at least when something was last heard of it."""

    newest: datetime = field(default=LONG_AGO, init=False)

    def slide(self, at: datetime, window: timedelta) -> datetime:
        """When the window begins, now that this was heard; what comes late moves nothing back."""
        self.newest = max(self.newest, at)
        return self.newest - window


State = TypeVar("State", bound=Remembered)


class Watch(ABC, Generic[State]):
    """One rule at work: what it remembers of each key, bounded in keys and, by its kind, in each."""

    ROLES: ClassVar[tuple[str, ...]] = ("counts",)
    """What an event may be for a rule of this kind; the first unless the rule says otherwise."""
    NEEDED: ClassVar[frozenset[str]] = frozenset()
    """Roles that a rule of this kind cannot do without, beside the first."""

    def __init__(self, rule: "Rule", surroundings: Surroundings) -> None:
        self.rule = rule
        self.window = rule.window
        self._key = value_of(rule.key, surroundings)
        self._subject = (
            self._key if rule.subject_field is None else value_of(rule.subject_field, surroundings)
        )
        self._keys_at_most = surroundings.keys_at_most
        self._states: OrderedDict[str, State] = OrderedDict()

    @abstractmethod
    def note(self, event: Recorded, role: str) -> Finding | None:
        """Remember the event. What there is to be found now."""

    def begin_anew(self, event: Recorded) -> None:
        """Forget what led to a finding at this event."""
        if (key := self._key(event)) is not None:
            self._states.pop(key, None)

    def _state(self, key: str, now: datetime) -> State:
        states = self._states
        state = states.get(key)
        if state is not None:
            states.move_to_end(key)
            return state
        # Whoever was heard of longest ago goes once the window is over: two looks for each new one keep up.
        for _ in range(2):
            oldest = next(iter(states), None)
            if oldest is None or states[oldest].newest >= now - self.window:
                break
            del states[oldest]
        if len(states) >= self._keys_at_most:
            states.popitem(last=False)
        state = states[key] = self._new()
        return state

    @abstractmethod
    def _new(self) -> State: ...

    def _finding(
        self,
        event: Recorded,
        key: str,
        first_at: datetime,
        count: int,
        ids: Iterable[str],
        facts: Mapping[str, Fact],
    ) -> Finding | None:
        subject = key if self._subject is self._key else self._subject(event)
        if subject is None:
            return None
        if SUBJECT.fullmatch(subject) is None:
            # Nothing of ours writes it; who forges events must not stop whoever reads them.
            subject = digest(subject)
        return Finding(
            rule=self.rule.name,
            severity=self.rule.severity,
            subject_kind=self.rule.subject_kind,
            subject=subject,
            first_at=min(first_at, event.at),
            last_at=event.at,
            count=count,
            event_ids=tuple(deque(ids, EVENTS_AT_MOST)),
            facts=facts,
        )
