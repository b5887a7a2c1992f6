"""Giving heads to a place that the database's administrator does not rule: what is promised begins there."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from idp.audit.tree import keys
from idp.audit.tree.heads import check_stored
from idp.audit.tree.models import AuditAnchor, AuditHead
from idp.outbound import OutboundFailed
from idp.outbound.syslog import Message, Sender, Severity
from idp.storage.database import reading
from idp.storage.outages import Outage

HEADS_AT_ONCE = 500
LONGEST_REST = 60
"""Seconds."""
Give = Callable[[Sequence[str]], None]
"""Lines of heads to one place, in order; returns when they are safe there. Raises AnchorUnavailable."""


class AnchorUnavailable(Outage):
    """The place did not take the heads. They are given again."""


@dataclass(frozen=True)
class FileAnchor:
    """A folder on a disk of another machine, or one that only takes additions: one file a month."""

    directory: Path
    clock: Callable[[], datetime]

    def __call__(self, lines: Sequence[str]) -> None:
        path = self.directory / f"heads-{self.clock():%Y-%m}.jsonl"
        data = "".join(f"{line}\n" for line in lines).encode("ascii")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            is_new = not path.exists()
            with path.open("ab", buffering=0) as file:
                # What a process that was killed left of a line ends here; readers pass over it.
                if file.tell() and not _ends_a_line(path):
                    data = b"\n" + data
                file.write(data)
                os.fsync(file.fileno())
            if is_new:
                _keep_name(self.directory)
        except OSError as problem:
            raise AnchorUnavailable(f"{path.name}: {problem.strerror}") from None


@dataclass(frozen=True)
class HttpAnchor:
    """A service of somebody else's, who keeps what it gets."""

    post: Callable[[bytes], int]
    """JSON lines, to where they go; the status of the answer. Raises OSError."""

    def __call__(self, lines: Sequence[str]) -> None:
        try:
            status = self.post("".join(f"{line}\n" for line in lines).encode("ascii"))
        except OSError as problem:
            raise AnchorUnavailable(type(problem).__name__) from None
        if not 200 <= status < 300:
            raise AnchorUnavailable(f"it answered {status}")


@dataclass(frozen=True)
class SyslogAnchor:
    """A collector of syslog that somebody else runs: a message each."""

    sender: Sender
    clock: Callable[[], datetime]

    def __call__(self, lines: Sequence[str]) -> None:
        now = self.clock()
        try:
            self.sender.send([Message(now, Severity.NOTICE, "audit_head", line) for line in lines])
        except OutboundFailed as failed:
            raise AnchorUnavailable(str(failed)) from None


@dataclass
class Anchoring:
    """At least once: a head that was given and not noted as given is given again."""

    engine: Engine
    clock: Callable[[], datetime]
    name: str
    give: Give
    failures: int = 0
    """One after another."""
    rests_until: datetime | None = None
    given: int | None = None
    """What this process knows to have given: the table may be made to say more, so that nothing leaves. Less
    than it says only has some given again."""

    def anchor(self) -> int:
        """How many heads were given. Raises AnchorUnavailable, HeadHarmed, SQLAlchemyError.

        A place that does not answer is asked less and less often, so that the log is not held up by it.
        """
        if self.rests_until is not None and self.clock() < self.rests_until:
            return 0
        try:
            given = self._anchor()
        except AnchorUnavailable:
            self.failures += 1
            rest = 0 if self.failures == 1 else min(2 ** min(self.failures - 1, 10), LONGEST_REST)
            self.rests_until = self.clock() + timedelta(seconds=rest)
            raise
        self.failures, self.rests_until = 0, None
        return given

    def _anchor(self) -> int:
        with reading(self.engine).connect() as connection:
            given = connection.scalar(select(AuditAnchor.size).where(AuditAnchor.name == self.name)) or 0
            newest = connection.scalar(select(func.max(AuditHead.size))) or 0
            given = min(given if given <= newest else 0, given if self.given is None else self.given)
            heads = connection.execute(
                select(AuditHead.size, AuditHead.line)
                .where(AuditHead.size > given)
                .order_by(AuditHead.size)
                .limit(HEADS_AT_ONCE)
            ).all()
        if not heads:
            return 0
        with Session(reading(self.engine)) as session:
            known = keys.public_keys(session)
        for size, line in heads:
            # What is given away stays there for good.
            check_stored(size, line, known)
        self.give([line for _, line in heads])
        with Session(self.engine) as session, session.begin():
            session.merge(AuditAnchor(name=self.name, size=heads[-1][0], at=self.clock()))
        self.given = heads[-1][0]
        return len(heads)


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _keep_name(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
