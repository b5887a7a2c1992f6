"""The sandbox's people and clients: made at the first run, left alone at the next ones."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.business.registry import embedded as business_register
from idp.business.sandbox.population import population as business_population
from idp.commands.client_manifests import apply_files
from idp.extensions import Services, utc_now
from idp.oidc.clients.changes.manifests import Applied
from idp.oidc.levels import VERIFIED
from idp.people import accounts, directory, documents, statuses
from idp.people.credentials import PasswordWay, set_password
from idp.people.models import PersonStatus
from idp.people.passwords import Passwords
from idp.people.registry import guardianships
from idp.people.registry.embedded import find_entry, upsert
from idp.people.sandbox.families import CARES
from idp.people.sandbox.population import SandboxPerson, highlighted, population
from idp.settings import ROOT


def apply_manifests(found: Services, files: Iterable[Path]) -> list[Applied]:
    """The sample portals' registrations; their secrets go to files that the portals read."""
    return apply_files(found, files, secret_root=ROOT)


def populate(found: Services) -> int:
    """Register entries and accounts that are missing; how many people were new.

    One transaction a person: an interrupted run goes on where it stopped.
    """
    today = directory.day_in_china(found.clock())
    with found.sessions() as session:
        missing = [person for person in population(today) if _is_missing(session, person, found)]
    passwords = Passwords(found.settings.limits.password_checks_at_once)
    for person in track(missing, "Making sandbox identities", transient=True, disable=not missing):
        _make(found, person, passwords, found.clock())
    if missing:
        _relate(found, population(today), {person.serial for person in missing})
    return len(missing)


def populate_businesses(found: Services) -> int:
    """Organisations that the embedded business register lacks; how many there were."""
    now = found.clock()
    everything = business_population(directory.day_in_china(now))
    with found.sessions() as session:
        missing = [one for one in everything if business_register.find_entry(session, one.code.value) is None]
    if missing:
        with found.sessions.begin() as session:
            for one in missing:
                business_register.upsert(session, one.registered, cipher=found.cipher, now=now)
    return len(missing)


def table(width: int = 100) -> Sequence[str]:
    """The few people to begin with, as lines of text."""
    result = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Name", "ID number", "Password", "Good for"):
        result.add_column(heading, overflow="fold")
    for person in highlighted(directory.day_in_china(utc_now())):
        password = person.account.password if person.account else "-"
        result.add_row(person.name, person.number.value, password, person.highlight)
    console = Console(width=width, record=False, color_system=None)
    with console.capture() as captured:
        console.print(result)
    return [f"  {line.rstrip()}" for line in captured.get().splitlines()]


def _relate(found: Services, everybody: Sequence[SandboxPerson], new: Collection[int]) -> None:
    """Who cares for whom, where one of them is new to the register. `new`: their serials."""
    numbers = {person.serial: person.number.value for person in everybody}
    with found.sessions.begin() as session:
        for care in CARES:
            if not {care.guardian, care.ward} & set(new):
                continue
            guardian = find_entry(session, found.index, numbers[care.guardian])
            ward = find_entry(session, found.index, numbers[care.ward])
            if guardian is not None and ward is not None:
                guardianships.keep(session, guardian.id, ward.id, care.relation, now=found.clock())


def _is_missing(session: Session, person: SandboxPerson, found: Services) -> bool:
    if find_entry(session, found.index, person.number.value) is None:
        return True
    if person.account is None:
        return False
    return directory.find_by_number(session, found.index, person.number.value) is None


def _make(found: Services, person: SandboxPerson, passwords: Passwords, now: datetime) -> None:
    # Slow things first: SQLite has one writer.
    record = person.record()
    password_hash = passwords.hash(person.account.password) if person.account else None
    context = AuditContext(at=now, actor="operator")
    with found.sessions.begin() as session:
        upsert(session, record, cipher=found.cipher, index=found.index, now=now)
        if person.account is None or password_hash is None:
            return
        number = documents.identify(person.number.value, directory.day_in_china(now))
        account = accounts.create(
            session,
            number,
            person.name,
            level=VERIFIED,
            cipher=found.cipher,
            index=found.index,
            context=context,
        )
        if person.phone is not None:
            accounts.set_phone(
                session,
                account,
                person.phone,
                way="enrolment",
                cipher=found.cipher,
                index=found.index,
                context=context,
            )
        set_password(
            session,
            account,
            password_hash,
            bound_level=VERIFIED,
            way=PasswordWay.ENROLMENT,
            context=context,
        )
        if person.account.status is PersonStatus.FROZEN:
            statuses.freeze(session, account, reason="sandbox", context=context)
