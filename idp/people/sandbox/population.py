"""The people of the sandbox. None exists: no authority can issue their numbers, and their names are the
placeholders of Chinese forms and textbooks (张三, 韩梅梅), the word "sample", or ICAO's citizen of Utopia.

Birth dates are fixed, so that a number in a note keeps working, but for the children's, who would grow up:
they are born on a 1 January, so that their age is right and their number the same through a calendar year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from idp.people.check_characters import icao_7_3_1
from idp.people.models import PersonStatus
from idp.people.registry.embedded import RegisterRecord
from idp.people.resident_number import (
    SANDBOX_ADDRESS,
    SANDBOX_PROVINCE_OF_ISSUE,
    ResidentNumber,
    compose,
    parse,
)
from idp.people.sandbox.roll import ROLL, Card, Entry

# Not a secret: whoever runs the sandbox is shown them.
_FIRST_WORDS: Final = ("bamboo", "copper", "crane", "ginkgo", "harbour", "jade", "lotus")
_SECOND_WORDS: Final = (
    "bridge",
    "cloud",
    "drum",
    "garden",
    "ink",
    "kite",
    "lantern",
    "maple",
    "pagoda",
    "river",
    "tea",
)
# ISO 3166-1 leaves 900 to 999 to its users, and UTO is ICAO's Utopia.
_NO_NATION: Final = "999"
_UTOPIA: Final = "UTO"


@dataclass(frozen=True, slots=True, repr=False)
class SandboxAccount:
    """An account of level 2 that is there from the start, with a password that is told to everybody."""

    password: str
    status: PersonStatus


@dataclass(frozen=True, slots=True, repr=False)
class SandboxPerson:
    """Somebody in the sandbox's register, with or without an account. `number` is masked in its `repr`."""

    serial: int
    name: str
    number: ResidentNumber
    phone: str | None
    """The mobile phone that the register holds, E.164; an account confirms the same."""
    has_photo: bool
    deceased: bool
    account: SandboxAccount | None
    highlight: str | None
    """What this person is good for, in one line; on the few that `make run` prints."""
    drawn_age: int

    def __repr__(self) -> str:
        return f"SandboxPerson({self.serial})"

    def photo(self) -> bytes | None:
        """The register's photo, drawn anew at each call (a tenth of a second), or None."""
        if not self.has_photo:
            return None
        # numpy and OpenCV cost 0.2 s and 30 MB, which the table of identities need not pay.
        from idp.people.sandbox.portrait import portrait

        return portrait(self.serial, sex=self.number.sex, age=self.drawn_age)

    def record(self) -> RegisterRecord:
        """What the register holds of the person."""
        return RegisterRecord(self.number.value, self.name, self.phone, self.photo(), self.deceased)


def population(today: date) -> tuple[SandboxPerson, ...]:
    """Everybody, in the order of their serials. Pure, and quick: photos are drawn when they are asked for."""
    return tuple(_person(entry, today) for entry in ROLL)


def highlighted(today: date) -> tuple[SandboxPerson, ...]:
    """The few people to begin with, one for each kind of case."""
    return tuple(person for person in population(today) if person.highlight)


def _person(entry: Entry, today: date) -> SandboxPerson:
    born = entry.born if isinstance(entry.born, date) else date(today.year - entry.born, 1, 1)
    number = parse(_number(entry, born), today)
    account = SandboxAccount(_password(entry.serial), entry.account) if entry.account else None
    return SandboxPerson(
        serial=entry.serial,
        name=entry.name,
        number=number,
        phone=f"+8619900000{entry.serial:03d}" if entry.has_phone else None,
        has_photo=entry.has_photo,
        deceased=entry.deceased,
        account=account,
        highlight=entry.highlight,
        drawn_age=number.age_on(today),
    )


def _number(entry: Entry, born: date) -> str:
    # The last digit of a sequence tells the sex; the serial before it keeps sequences apart.
    sequence = entry.serial * 2 + (1 if entry.male else 0)
    if entry.card is Card.FOREIGNER:
        return compose(f"9{SANDBOX_PROVINCE_OF_ISSUE}{_NO_NATION}", born, sequence)
    if entry.card is Card.FOREIGNER_FORMER:
        body = f"{_UTOPIA}{SANDBOX_ADDRESS[:4]}{born:%y%m%d}{sequence % 10}"
        return body + icao_7_3_1(body)
    return compose(entry.card.value, born, sequence)


def _password(serial: int) -> str:
    first = _FIRST_WORDS[serial % len(_FIRST_WORDS)]
    second = _SECOND_WORDS[serial % len(_SECOND_WORDS)]
    return f"{first}-{second}-{serial:02d}"
