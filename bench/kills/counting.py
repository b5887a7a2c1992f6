"""What is in the log at the end, held to what was acknowledged."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from bench.kills.ledger import Told
from idp.audit.events import CATALOGUE
from idp.audit.fields import PersonalDataRefused
from idp.audit.paging import Span, in_order
from idp.audit.recorded import Recorded
from idp.audit.tree.anchors import Anchoring, FileAnchor
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner
from idp.audit.tree.verifying import Outside, snapshot, verify
from idp.extensions import Services
from idp.oidc.clients.fields.scope import OFFLINE_ACCESS
from idp.oidc.token.offline_grants import OfflineGrant
from idp.people.models import Person


@dataclass(frozen=True, slots=True)
class Counts:
    acknowledged: int
    found: int
    """Of the kinds that were acknowledged."""
    unacknowledged: int
    """Found, and nobody was told: their callers or their answers were killed."""
    lost: tuple[str, ...]
    """Acknowledged and not found."""
    doubled: tuple[str, ...]
    halves: tuple[str, ...]
    """Rows that do not say what their event has to, changes without their event, events without theirs."""
    rows: int
    proved: int
    """Under a head that was given away."""
    finding: str | None
    """Of the verification."""

    @property
    def is_whole(self) -> bool:
        return not (self.lost or self.doubled or self.halves or self.finding)


def count(found: Services, acknowledged: dict[Told, set[str]], before: frozenset[str]) -> Counts:
    """`before`: people who were there without an event."""
    keys: dict[Told, Counter[str]] = {told: Counter() for told in Told}
    halves: list[str] = []
    people: set[str] = set()
    grants: set[str] = set()
    rows = 0
    for event in in_order(found.engine, Span()):
        rows += 1
        if not is_whole(event):
            halves.append(event.id)
        for told, key in _keys(event):
            keys[told][key] += 1
        if event.name == "person_enrolled" and event.person_id is not None:
            people.add(event.person_id)
        if event.name == "token_issued" and OFFLINE_ACCESS in event.fields["scopes"]:
            grants.add(event.fields["grant_id"])
    halves += sorted(people ^ (_ids(found.engine, Person.id) - before))
    halves += sorted(grants ^ _ids(found.engine, OfflineGrant.id))
    told_of = sum(len(one) for one in acknowledged.values())
    kept = sum(len(one) for one in keys.values())
    lost = [key for told in Told for key in sorted(acknowledged[told] - keys[told].keys())]
    size, finding = _verified(found)
    return Counts(
        acknowledged=told_of,
        found=kept,
        unacknowledged=kept - (told_of - len(lost)),
        lost=tuple(lost),
        doubled=tuple(key for each in keys.values() for key, times in each.items() if times > 1),
        halves=tuple(halves),
        rows=rows,
        proved=size,
        finding=finding,
    )


def is_whole(event: Recorded) -> bool:
    """Whether the row says all that its event does, and no more."""
    if not event.is_known:
        return False
    declared = CATALOGUE[event.name]
    given = {**event.fields, "person_id": event.person_id, "client_id": event.client_id}
    names = {field.name for field in fields(declared)}  # type: ignore[arg-type]
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in given.items()
        if name in names
    }
    try:
        declared(**values)
    except (PersonalDataRefused, TypeError):
        return False
    return event.fields.keys() <= names


def _keys(event: Recorded) -> Iterator[tuple[Told, str]]:
    if event.name == "sign_in_refused" and event.request_id is not None:
        yield Told.APPENDED, event.request_id
    if event.name == "person_enrolled":
        yield Told.CHANGED, event.id
    if event.name == "token_issued":
        yield Told.TOKEN, event.fields["token_id"]


def _ids(engine: Engine, column: object) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(select(column)))  # type: ignore[call-overload]


def _verified(found: Services) -> tuple[int, str | None]:
    """Fold what the killed workers left, sign it, give it away, and verify from the outside in."""
    clock, settings = found.clock, found.settings
    sequencer = Sequencer(found.engine, lambda: clock() + timedelta(hours=1))  # after any lease
    sequencer.round()
    HeadSigner(found.engine, found.cipher, clock, settings.issuer, timedelta()).sign_if_due()
    directory: Path = settings.path(settings.audit.anchor_directory)
    Anchoring(found.engine, clock, "file", FileAnchor(directory, clock)).anchor()
    lines = [line for path in sorted(directory.iterdir()) for line in path.read_text("ascii").split("\n")]
    with snapshot(found.engine) as connection:
        report = verify(connection, settings.issuer, outside=Outside.of(lines), now=clock())
    return report.anchored, None if report.finding is None else str(report.finding)
