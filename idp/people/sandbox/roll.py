"""The roll of the sandbox, a line a person. Numbers, phones and faces follow serials, never given twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from idp.people.models import PersonStatus

ACTIVE, FROZEN, DECEASED = PersonStatus.ACTIVE, PersonStatus.FROZEN, PersonStatus.DECEASED


class Card(StrEnum):
    """Which card; the value is the address of its number, where that is six digits."""

    RESIDENT = "000000"
    HONG_KONG = "819999"
    MACAO = "829999"
    TAIWAN = "839999"
    FOREIGNER = "foreigner"
    FOREIGNER_FORMER = "foreigner_former"


@dataclass(frozen=True, slots=True)
class Entry:
    serial: int
    name: str
    born: date | int
    """A date, or for children the age in completed years."""
    male: bool
    has_phone: bool = True
    has_photo: bool = True
    account: PersonStatus | None = None
    card: Card = Card.RESIDENT
    deceased: bool = False
    highlight: str | None = None


ROLL: Final = (
    Entry(1, "张三", date(1990, 3, 7), True, has_photo=False, account=ACTIVE,
          highlight="has an account; no register photo: your own face becomes the reference"),
    Entry(2, "李四", date(1988, 8, 8), False, has_photo=False,
          highlight="enrol: by your own face, the register's phone or an activation code"),
    Entry(3, "王五", date(1979, 11, 23), True, account=ACTIVE),
    Entry(4, "赵六", date(1995, 5, 19), True, account=FROZEN, highlight="the account is frozen"),
    Entry(5, "钱七", date(1983, 1, 30), False, account=ACTIVE),
    Entry(6, "孙八", date(1968, 6, 1), True, has_phone=False),
    Entry(7, "周九", date(2001, 9, 14), False, account=ACTIVE),
    Entry(8, "吴十", date(1957, 12, 5), True),
    Entry(9, "王秀英", date(1935, 4, 12), False, account=ACTIVE,
          highlight="over 90, with an account; the register photo is a drawing, so no live face matches it"),
    Entry(10, "李德福", date(1935, 10, 1), True, has_phone=False, has_photo=False),
    Entry(11, "王小明", 13, True, has_phone=False,
          highlight="13 years old: no face, an activation code works"),
    Entry(12, "李小红", 16, False, account=ACTIVE),
    Entry(13, "韩梅梅", date(1986, 2, 14), False, account=ACTIVE),
    Entry(14, "李雷", date(1985, 7, 3), True, account=ACTIVE),
    Entry(15, "郑样本", date(1942, 3, 18), True, deceased=True,
          highlight="deceased, says the register"),
    Entry(16, "冯样本", date(1930, 8, 22), False, account=DECEASED, deceased=True),
    Entry(17, "陈大文", date(1992, 6, 18), True, account=ACTIVE, card=Card.HONG_KONG,
          highlight="Hong Kong resident's permit, with an account"),
    Entry(18, "黃小玲", date(1998, 12, 24), False, has_photo=False, card=Card.HONG_KONG),
    Entry(19, "何大明", date(1976, 5, 2), True, card=Card.MACAO),
    Entry(20, "梁小美", date(2003, 2, 28), False, account=ACTIVE, card=Card.MACAO),
    Entry(21, "林小華", date(1989, 9, 9), False, account=ACTIVE, card=Card.TAIWAN),
    Entry(22, "蔡大同", date(1964, 4, 4), True, has_phone=False, card=Card.TAIWAN),
    Entry(23, "ANNA MARIA ERIKSSON", date(1974, 8, 12), False, account=ACTIVE, card=Card.FOREIGNER,
          highlight="foreigner's permanent residence card, with an account"),
    Entry(24, "JOHN PETER SPECIMEN", date(1981, 10, 31), True, has_photo=False, card=Card.FOREIGNER),
    Entry(25, "MARIE-CLAIRE D'EXEMPLE", date(1969, 1, 17), False, card=Card.FOREIGNER_FORMER),
    Entry(26, "阿卜杜热合曼·样本江", date(1991, 3, 21), True, account=ACTIVE),
    Entry(27, "阿依夏木古丽·艾合买提江·样本", date(1984, 5, 30), False, account=ACTIVE),
    Entry(28, "扎西·样本顿珠", date(1999, 7, 7), True, has_photo=False),
    Entry(29, "欧阳示例", date(1972, 2, 29), True),
    Entry(30, "司徒示例", date(1996, 11, 11), False, has_phone=False, has_photo=False, account=ACTIVE),
    Entry(31, "王𠮷样", date(1987, 4, 25), True),  # a character beyond the Basic Multilingual Plane
    Entry(32, "马样本", date(1960, 12, 31), False, account=FROZEN),
    Entry(33, "刘样本", date(2005, 6, 6), False),
    Entry(34, "杨样本", 14, True, has_photo=False),
    Entry(35, "黄样本", date(1953, 9, 3), False, has_phone=False),
    Entry(36, "徐样本", date(1978, 10, 10), True, has_photo=False, account=ACTIVE),
    Entry(37, "张小宝", 6, True, has_phone=False),
    Entry(38, "阿卜杜萨拉木·样本江·阿卜杜热合曼", 3, True, has_phone=False, has_photo=False),
    Entry(39, "周小样", 9, False, has_phone=False),
)  # fmt: skip
