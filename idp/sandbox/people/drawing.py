"""Who an own person of the sandbox is: a number that no authority issues, a placeholder's name, a telephone.

The roll's people have sequences below `FIRST_SEQUENCE`, and all numbers of permits; own people have the
others of the sandbox's address: nobody is drawn whom everybody knows.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from idp.people.resident_number import SANDBOX_ADDRESS, ResidentNumber, compose, parse

FIRST_SEQUENCE, LAST_SEQUENCE = 100, 995
"""Those above are of people over a hundred (GB 11643-1989)."""
BORN_FROM, BORN_UNTIL = date(1960, 1, 1), date(2004, 12, 31)
"""Adults, whenever they are drawn."""
PHONES: Final = "+8619901"
"""Begins the telephones of own people; those of the roll begin otherwise. Six digits follow."""
SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
GIVEN: Final = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"
PLACEHOLDER: Final = "样"


@dataclass(frozen=True, slots=True, repr=False)
class Drawn:
    """Its `repr` says nothing of them: numbers are not logged, not even of people who do not exist."""

    number: ResidentNumber
    name: str
    phone: str | None


def draw(random: Random, today: date, *, with_phone: bool) -> Drawn:
    born = BORN_FROM + timedelta(days=random.randint(0, (BORN_UNTIL - BORN_FROM).days))
    number = parse(compose(SANDBOX_ADDRESS, born, random.randint(FIRST_SEQUENCE, LAST_SEQUENCE)), today)
    name = random.choice(SURNAMES) + PLACEHOLDER + random.choice(GIVEN)
    phone = f"{PHONES}{random.randrange(10**6):06d}" if with_phone else None
    return Drawn(number, name, phone)


def is_own_phone(phone: str) -> bool:
    return phone.startswith(PHONES)
