"""What an app chose to have forced, and what it then did. In the ephemeral store alone, an hour long.

A sign-in is counted by one increment, so of two at the same moment one gets the last.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from idp.crypto.digests import digest, new_secret
from idp.sandbox.outcomes.catalogue import BY_NAME, Place
from idp.storage.ephemeral import Clock, EphemeralStore

SECONDS: Final = 3600
OUTCOMES_AT_MOST: Final = 8
SIGN_INS_AT_MOST: Final = 100
SLOWEST_SECONDS: Final = 10
OBSERVED_BYTES_AT_MOST: Final = 8192
"""Of one run: some eighty lines."""
ID_BYTES: Final = 8


class ScriptInvalid(Exception):
    """Says what is wrong with it, in English: for a program's developer."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is forced for one app. `sign_ins`: how many it changes; None: until it is switched off."""

    id: str
    client_id: str
    outcomes: tuple[str, ...]
    sign_ins: int | None
    seconds: int | None
    """How slow, for outcomes of the place `pace`."""
    expires_at: datetime

    @property
    def places(self) -> frozenset[Place]:
        return frozenset(BY_NAME[name].place for name in self.outcomes)

    def at(self, place: Place) -> str | None:
        return at(self.outcomes, place)


@dataclass(frozen=True, slots=True)
class Run:
    """One sign-in that a script changes."""

    script_id: str
    client_id: str
    number: int
    outcomes: tuple[str, ...]
    seconds: int | None

    def at(self, place: Place) -> str | None:
        return at(self.outcomes, place)


@dataclass(frozen=True, slots=True)
class Observed:
    at: str
    """ISO 8601, UTC."""
    what: str
    detail: str


def at(outcomes: tuple[str, ...], place: Place) -> str | None:
    return next((name for name in outcomes if BY_NAME[name].place is place), None)


def check(outcomes: tuple[str, ...], sign_ins: int | None, seconds: int | None) -> None:
    """Raises ScriptInvalid."""
    if not 1 <= len(outcomes) <= OUTCOMES_AT_MOST:
        raise ScriptInvalid(f"outcomes: 1 to {OUTCOMES_AT_MOST} of the catalogue.")
    if any(name not in BY_NAME for name in outcomes):
        raise ScriptInvalid("outcomes: names an outcome that is not in the catalogue.")
    places = [BY_NAME[name].place for name in outcomes]
    if len(set(places)) != len(places):
        raise ScriptInvalid("outcomes: two of them have the same place.")
    if sign_ins is not None and not 1 <= sign_ins <= SIGN_INS_AT_MOST:
        raise ScriptInvalid(f"sign_ins: 1 to {SIGN_INS_AT_MOST}, or null.")
    if (Place.PACE in places) != (seconds is not None):
        raise ScriptInvalid("seconds: belongs to outcomes of the place pace, and to them alone.")
    if seconds is not None and not 1 <= seconds <= SLOWEST_SECONDS:
        raise ScriptInvalid(f"seconds: 1 to {SLOWEST_SECONDS}.")


class Scripts:
    """The scripts of this sandbox's apps. All commands raise StoreUnavailable."""

    def __init__(self, store: EphemeralStore, clock: Clock) -> None:
        self._store = store
        self.clock = clock

    def put(
        self,
        client_id: str,
        outcomes: tuple[str, ...],
        *,
        sign_ins: int | None = 1,
        seconds: int | None = None,
    ) -> Script:
        """Replaces what there was. Raises ScriptInvalid."""
        check(outcomes, sign_ins, seconds)
        expires_at = self.clock() + timedelta(seconds=SECONDS)
        made = Script(new_secret(ID_BYTES), client_id, outcomes, sign_ins, seconds, expires_at)
        value = {**asdict(made), "expires_at": expires_at.isoformat()}
        self._store.put(_script_key(client_id), json.dumps(value).encode(), seconds=SECONDS)
        return made

    def find(self, client_id: str) -> Script | None:
        found = self._store.get(_script_key(client_id))
        if found is None:
            return None
        value = json.loads(found)
        value["outcomes"] = tuple(value["outcomes"])
        return Script(**{**value, "expires_at": datetime.fromisoformat(value["expires_at"])})

    def end(self, client_id: str) -> bool:
        return self._store.delete(_script_key(client_id))

    def drawn(self, script: Script) -> int:
        """How many sign-ins it changed; more where several came at once."""
        return int(self._store.get(_count_key(script.id)) or b"0")

    def left(self, script: Script) -> int | None:
        """None: until it is switched off."""
        return None if script.sign_ins is None else max(0, script.sign_ins - self.drawn(script))

    def holding(self, client_id: str) -> Script | None:
        """The script that changes this app's next sign-in."""
        script = self.find(client_id)
        return None if script is None or self.left(script) == 0 else script

    def draw(self, client_id: str) -> Run | None:
        """Counts a sign-in; None when nothing is to be changed of it."""
        script = self.holding(client_id)
        return None if script is None else self.count(script)

    def count(self, script: Script) -> Run | None:
        """The same of a script that holds; None when another sign-in was the last."""
        number = self._store.increment(_count_key(script.id), seconds=SECONDS)
        if script.sign_ins is not None and number > script.sign_ins:
            return None
        return Run(script.id, script.client_id, number, script.outcomes, script.seconds)

    def bind(self, run: Run, grant_id: str) -> None:
        """What comes of this grant is of that run."""
        self._store.put(_grant_key(grant_id), json.dumps(asdict(run)).encode(), seconds=SECONDS)

    def of_grant(self, grant_id: str) -> Run | None:
        found = self._store.get(_grant_key(grant_id))
        if found is None:
            return None
        value: dict[str, Any] = json.loads(found)
        return Run(**{**value, "outcomes": tuple(value["outcomes"])})

    def observe(self, run: Run, what: str, detail: str) -> None:
        """Note what the app did; once too much was noted of a run, no more is."""
        self._append(_seen_key(run.script_id, run.number), {"what": what, "detail": detail})

    def seen(self, run: Run) -> tuple[Observed, ...]:
        return tuple(Observed(**line) for line in self._lines(_seen_key(run.script_id, run.number)))

    def observed(self, script: Script, number: int) -> tuple[Observed, ...]:
        return tuple(Observed(**line) for line in self._lines(_seen_key(script.id, number)))

    def observe_logout(self, script: Script, outcome: str, status: int | None) -> None:
        """`status`: what the app answered to a logout token; None: it did not."""
        self._append(_logouts_key(script.id), {"outcome": outcome, "status": status})

    def logouts(self, script: Script) -> tuple[Mapping[str, Any], ...]:
        """`at`, `outcome` and `status` of each."""
        return tuple(self._lines(_logouts_key(script.id)))

    def _append(self, key: str, line: Mapping[str, object]) -> None:
        written = json.dumps({"at": shown(self.clock()), **line}).encode() + b"\n"
        self._store.append(key, written, limit=OBSERVED_BYTES_AT_MOST, seconds=SECONDS)

    def _lines(self, key: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self._store.get(key) or b"").splitlines()]


def shown(at: datetime) -> str:
    """RFC 3339, to the second."""
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _script_key(client_id: str) -> str:
    return f"sandbox:script:{client_id}"


def _count_key(script_id: str) -> str:
    return f"sandbox:drawn:{script_id}"


def _grant_key(grant_id: str) -> str:
    return f"sandbox:run-of:{digest(grant_id)}"


def _seen_key(script_id: str, number: int) -> str:
    return f"sandbox:seen:{script_id}:{number}"


def _logouts_key(script_id: str) -> str:
    return f"sandbox:logouts:{script_id}"
