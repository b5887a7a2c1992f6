"""What officers ask of the log, each several times with other values, as a log of so many rows has them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from bench.searching.filling import (
    CLIENTS,
    FIRST,
    HEAVY_CLIENT,
    MONTHS,
    OFFICERS,
    ORGANISATIONS,
    PERSONS_EVERY,
    RARE,
)
from idp.audit.partitions import months_from
from idp.audit.searching import Result, Sought, Span

END = [end for _, end in months_from(FIRST, MONTHS)][-1]
ACROSS = END - FIRST


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    asked: tuple[Sought, ...]
    deep: bool = False
    """Pages from the middle of the log on, instead of the last."""


@dataclass(frozen=True, slots=True)
class Known:
    """Values that the log holds: drawn from it."""

    devices: tuple[str, ...]
    sessions: tuple[str, ...]
    interactions: tuple[str, ...]


def questions(rows: int, known: Known, times: int) -> Iterator[Question]:
    random = Random(7)  # noqa: S311
    persons = rows // PERSONS_EVERY

    def several(make: Callable[[], Sought]) -> tuple[Sought, ...]:
        return tuple(make() for _ in range(times))

    def person(lowest: float) -> str:
        number = int((lowest + (1 - lowest) * random.random()) * persons)
        return f"01890a5d-ac96-774b-bcce-{number:012x}"

    def client() -> str:
        return f"client-{random.randrange(CLIENTS // 2, CLIENTS)}"

    def address() -> str:
        network = int(random.random() * (rows // 100))
        return f"10.{network // 65536 % 256}.{network // 256 % 256}.{network % 256}"

    def day() -> Span:
        begin = FIRST + random.random() * (ACROSS - timedelta(days=1))
        return Span(begin, begin + timedelta(days=1))

    yield Question("a person's last page", several(lambda: Sought(person_id=person(0.1))))
    yield Question(
        "of the persons with the most events",
        tuple(Sought(person_id=f"01890a5d-ac96-774b-bcce-{number:012x}") for number in range(times)),
    )
    yield Question(
        "the heaviest client's last page", tuple(Sought(client_id=f"client-{n}") for n in range(times))
    )
    yield Question("a light client's last page", several(lambda: Sought(client_id=client())))
    organisations = several(
        lambda: Sought(organisation_id=f"01890a5d-ac96-774b-bcce-{random.randrange(ORGANISATIONS):012x}")
    )
    yield Question("an organisation", organisations)
    yield Question("an event of every day", several(lambda: Sought(day(), names=("face_refused",))))
    yield Question("a rare event, of all time", several(lambda: Sought(names=(RARE,))))
    yield Question("what was refused on a day", several(lambda: Sought(day(), result=Result.REFUSED)))
    yield Question("an address", several(lambda: Sought(address=address())))
    yield Question("a range, /24", several(lambda: Sought(address=address().rpartition(".")[0] + ".0/24")))
    yield Question("a range of many, /8", several(lambda: Sought(address="10.0.0.0/8")))
    yield Question("a device", tuple(Sought(device=one) for one in known.devices))
    yield Question("a session", tuple(Sought(session_id=one) for one in known.sessions))
    yield Question("an interaction", tuple(Sought(interaction_id=one) for one in known.interactions))
    yield Question(
        "what a member of staff did",
        several(lambda: Sought(actor=f"staff-{random.randrange(OFFICERS)}")),
    )
    yield Question(
        "a person's refusals in half a year",
        several(lambda: Sought(Span(END - ACROSS / 2), person_id=person(0), result=Result.REFUSED)),
    )
    yield Question(
        "a client's sign-ins at level 4 from a range",
        several(
            lambda: Sought(
                client_id=HEAVY_CLIENT,
                names=("signed_in",),
                level=4,
                address=address().split(".")[0] + ".0.0.0/8",
            )
        ),
    )
    yield Question("a heavy client, deep", (Sought(client_id=HEAVY_CLIENT),) * times, deep=True)
    yield Question("a text of a day", several(lambda: Sought(day(), text="wrong-password")))
    yield Question("a text that is nowhere, of all time", (Sought(text="no-such-word"),))
