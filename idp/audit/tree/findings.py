"""What a verification says."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    CHANGED = "changed"
    """It holds something else than when it was folded."""
    MISSING = "missing"
    REORDERED = "reordered"
    """It is genuine and was somewhere else."""
    FORGED = "forged"
    """It was not there when what is around it was."""
    CUT = "cut"
    """The log ends here, and once went on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong."""

    kind: Kind
    what: str
    """`row`, `rows`, `leaf`, `subtree`, `tree` or `head`."""
    begin: int
    """Position of the row; of a head its size."""
    end: int
    """The position behind the last that it may be; one more than `begin` where it is known which row."""
    event_id: str | None = None
    detail: str = ""

    def __str__(self) -> str:
        where = f"{self.begin}" if self.end <= self.begin + 1 else f"{self.begin} to {self.end - 1}"
        name = "" if self.event_id is None else f", event {self.event_id}"
        return f"{self.kind}: {self.what} {where}{name}" + (f" ({self.detail})" if self.detail else "")


class Wrong(Exception):
    """Ends a verification."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Report:
    begin: int
    end: int
    """Positions that were looked at."""
    rows: int
    """That are there and what their leaves say."""
    dropped: int
    """That retention has dropped: their leaves are in the tree still."""
    heads: int
    anchored: int
    """The size of the largest head of an anchor that agrees: up to there it is proved, whoever rules the
    database. 0: there was none."""
    finding: Finding | None
    newest: datetime | None
    """When the last head was signed. Old, while events come: somebody keeps the log from being proved."""
    unproved: int
    """Rows behind the last head, as far as they are folded."""
