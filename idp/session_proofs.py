"""What was proved in a sign-in session, and the level that it still counts for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

PRESENCE_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that was proved in this session."""

    method: str
    """password, sms, passkey, face, activation_code, licence."""
    level: int
    """What it proves by itself, 1 to 4; `level_proved` says what it still counts for."""
    at: datetime
    amr: tuple[str, ...]
    """RFC 8176 values."""
    evidence: str | None = field(default=None, repr=False)
    """Sealed: what the proof rests on, for who may be told. It lives and ends with the session."""
    licence_of: str | None = None
    """The organisation whose licence it was: the session ends when its holder may hold it no longer."""

    def to_json(self) -> dict[str, Any]:
        value = {"method": self.method, "level": self.level, "at": self.at.isoformat(), "amr": list(self.amr)}
        more = {"evidence": self.evidence, "licence_of": self.licence_of}
        return value | {name: one for name, one in more.items() if one is not None}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Proof":
        at = datetime.fromisoformat(value["at"])
        more = value.get("evidence"), value.get("licence_of")
        return cls(value["method"], int(value["level"]), at, tuple(value["amr"]), *more)


def level_proved(proofs: Iterable[Proof], *, account_level: int, now: datetime, presence_seconds: int) -> int:
    """The highest level among the proofs.

    That a person is here now (level 3 and above) counts for `presence_seconds`, afterwards for the
    verified account that it was proved on; nothing counts for more than the account allows.
    """
    fresh = timedelta(seconds=presence_seconds)
    levels = (
        proof.level if proof.level < PRESENCE_LEVEL or now - proof.at <= fresh else PRESENCE_LEVEL - 1
        for proof in proofs
    )
    highest = max(levels, default=0)
    return highest if account_level >= PRESENCE_LEVEL - 1 else min(highest, account_level)
