"""Events as the log would hold them, made in a line each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from idp.audit.recorded import Recorded
from idp.detection.engine import Engine
from idp.detection.findings import Finding
from idp.detection.places import Place, Places
from idp.detection.watching import Surroundings
from tests.idp.detection.conftest import SHIPPED

BEGIN = datetime(2026, 11, 22, 1, tzinfo=UTC)
ATTACKER, HOME = "203.0.113.9", "198.51.100.7"
KUNMING, WUHAN = Place(25.04, 102.71, "Kunming"), Place(30.57, 114.31, "Wuhan")
PLACES = Places(
    {
        (4, 24): {
            int(ip_address(address)) >> 8: place for address, place in ((ATTACKER, WUHAN), (HOME, KUNMING))
        }
    }
)
ABROAD = Surroundings(places=PLACES)
COLUMNS = ("person_id", "client_id", "address", "device", "actor")


@dataclass
class Log:
    """What happens, in the order of its lines; each line may let time pass before it."""

    now: datetime = BEGIN
    events: list[Recorded] = field(default_factory=list)

    def says(self, name: str, *, after: float = 0, **fields: Any) -> "Log":
        """`after`: seconds."""
        self.now += timedelta(seconds=after)
        columns = {column: fields.pop(column, None) for column in COLUMNS}
        number = len(self.events) + 1
        self.events.append(
            Recorded(
                place=(0, number),
                id=f"event-{number}",
                at=self.now,
                name=name,
                version=1,
                request_id=None,
                interaction_id=None,
                fields=fields,
                **columns,
            )
        )
        return self


def found(rule: str, events: Iterable[Recorded], surroundings: Surroundings | None = None) -> list[Finding]:
    """What a shipped rule finds."""
    engine = Engine([SHIPPED[rule]], surroundings)
    assert not engine.off
    return [finding for event in events for finding in engine.feed(event)]
