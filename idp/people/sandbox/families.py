"""Who cares for whom in the sandbox, by the serials of the roll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from idp.people.registry.contract import Relation


@dataclass(frozen=True, slots=True)
class Care:
    guardian: int
    ward: int
    relation: Relation


CARES: Final = (
    Care(1, 37, Relation.PARENT),  # 张三: a child of six, who has no account
    Care(3, 11, Relation.PARENT),  # 王五: a child of thirteen, who may soon sign in alone
    Care(14, 12, Relation.PARENT),  # 李雷: a child of sixteen, too old for it
    Care(26, 38, Relation.PARENT),  # long names
    Care(7, 39, Relation.GUARDIAN),  # 周九: in the parents' place
    Care(13, 39, Relation.GUARDIAN),  # 韩梅梅: the second of them
    Care(14, 10, Relation.CARER),  # 李雷: an old man without an account
    Care(5, 9, Relation.CARER),  # 钱七: an old woman who has one
)
