"""What the throttle lets through: an attack in the log looks as it does because of the waits that it meets.

A model of `idp.storage.throttle` with the limits of `config/default.toml`, for tries of one factor: budgets
of an address for an hour, of a device and of an account with strangers for a day.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idp.audit.events.faces import FaceRefused
from idp.audit.events.signing_in import SignInDelayed, SignInRefused
from idp.crypto.digests import digest
from idp.sandbox.traffic import faces
from idp.sandbox.traffic.happenings import Script
from idp.storage.throttle import SHARED_LONGEST_WAIT_SECONDS, network

ADDRESS_FREE, DEVICE_FREE, ACCOUNT_FREE = 50, 10, 20
DEVICE_LONGEST_WAIT_SECONDS = 900
FACE_TRIES_AN_HOUR = 10
HOUR = timedelta(hours=1)


@dataclass
class _Budget:
    failures: int = 0
    until: datetime | None = None


@dataclass
class Waits:
    """Of one attack: nobody else's failures count here."""

    budgets: dict[str, _Budget] = field(default_factory=dict)

    def seconds(self, at: datetime, account: str, address: str | None, device: str | None) -> int:
        """0: the try counts, and is looked at; else how long to wait."""
        found = [
            (
                self._of(f"address {network(address or '')} {at:%Y%m%d%H}"),
                ADDRESS_FREE,
                SHARED_LONGEST_WAIT_SECONDS,
            ),
            (self._of(f"account {account}"), ACCOUNT_FREE, SHARED_LONGEST_WAIT_SECONDS),
        ]
        if device is not None:
            found.append((self._of(f"device {device}"), DEVICE_FREE, DEVICE_LONGEST_WAIT_SECONDS))
        waits = [budget.until for budget, _free, _longest in found if budget.until and budget.until > at]
        if waits:
            return max(1, round((max(waits) - at).total_seconds()))
        for budget, free, longest in found:
            budget.failures += 1
            over = budget.failures - free
            if over > 0:
                budget.until = at + timedelta(seconds=min(longest, 2 ** min(over - 1, 20)))
        return 0

    def _of(self, key: str) -> _Budget:
        return self.budgets.setdefault(key, _Budget())


def refuse(script: Script, method: str, typed: str, person_id: str | None, client_id: str | None) -> None:
    """`typed`: whose number or phone it was, known here or not."""
    script.says(SignInRefused("wrong", method, person_id, client_id, _tried(script, typed)))


def delay(script: Script, method: str, seconds: int, typed: str) -> None:
    script.says(SignInDelayed(method, seconds, tried=_tried(script, typed)))


def _tried(script: Script, typed: str) -> str:
    """As the log has it: another digest of the same each day."""
    return digest(f"{script.at:%Y%m%d} {typed}")


def try_password(
    waits: Waits,
    script: Script,
    account: str,
    person_id: str | None,
    client_id: str | None,
    *,
    is_right: bool,
) -> bool:
    """One try of a password; whether it led in, which is another's to tell."""
    if seconds := waits.seconds(script.at, account, script.address, script.device):
        delay(script, "password", seconds, account)
        return False
    if not is_right:
        refuse(script, "password", account, person_id, client_id)
    return is_right


@dataclass
class FaceTries:
    """Of each person, in an hour."""

    begun: dict[str, list[datetime]] = field(default_factory=dict)

    def refuse(self, script: Script, person_id: str, reason: str, said: faces.Scores | None = None) -> None:
        tries = [at for at in self.begun.get(person_id, []) if script.at - at < HOUR]
        event: FaceRefused
        if len(tries) >= FACE_TRIES_AN_HOUR:
            event = faces.refused(script.draws, person_id, faces.TOO_MANY_TRIES)
        else:
            tries.append(script.at)
            event = faces.refused(script.draws, person_id, reason, said)
        self.begun[person_id] = tries
        script.says(event)
