"""Events as pages show them: a moment, a sentence, how it went, and ways on to whom it is about.

A person is shown by the end of their id, which says nothing of them; who they are is asked for apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import url_for

from idp.audit.recorded import Recorded
from idp.china_time import CHINA_TIME
from idp.extensions import reading
from idp.security import words
from idp.security.officers import staff_numbers

NOBODY: Final[Mapping[str, str]] = {}
ID_LENGTH: Final = 36
SHORT: Final = 8
"""Characters of an id that stand for it: the last, which are drawn by chance."""


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    whole: str
    """The id itself."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    at: datetime
    day: str
    """As in `2026-11-22`, in China."""
    time: str
    """As in `14:03:27.512`."""
    name: str
    sentence: str
    went: str
    """good, bad or grave."""
    went_words: str
    told: tuple[tuple[str, str], ...]
    url: str
    person: Link | None
    client: Link | None
    address: Link | None
    device: Link | None
    session: Link | None
    actor: Link | None
    """Who of staff or which program; leads to all that they did."""


def rows_of(events: Iterable[Recorded]) -> list[Row]:
    """In their order; whoever of staff acted is named by the number of their service."""
    found = list(events)
    with reading() as session:
        staff = staff_numbers(session, {event.actor for event in found if is_account(event.actor)})
    return [row_of(event, staff) for event in found]


def is_account(actor: str | None) -> bool:
    """Not `worker` or `operator`."""
    return actor is not None and len(actor) == ID_LENGTH


def row_of(event: Recorded, staff: Mapping[str, str] = NOBODY) -> Row:
    """`staff`: numbers of service by the ids of accounts."""
    local = event.at.astimezone(CHINA_TIME)
    how = words.went(event)
    session_id = event.fields.get("session_id")
    return Row(
        id=event.id,
        at=event.at,
        day=f"{local:%Y-%m-%d}",
        time=f"{local:%H:%M:%S}.{local.microsecond // 1000:03}",
        name=event.name,
        sentence=words.sentence(event.name),
        went=how,
        went_words=words.went_words(how),
        told=tuple(words.told(event)),
        url=url_for("security.event_page", event_id=event.id),
        person=person_link(event.person_id),
        client=client_link(event.client_id),
        address=address_link(event.address),
        device=device_link(event.device),
        session=session_link(session_id) if isinstance(session_id, str) else None,
        actor=actor_link(event.actor, staff),
    )


def actor_link(actor: str | None, staff: Mapping[str, str]) -> Link | None:
    if actor is None:
        return None
    named = staff.get(actor) or (short(actor) if is_account(actor) else words.in_words("roles", actor))
    return Link(named, actor, url_for("security.search_page", show=1, actor=actor))


def person_link(person_id: str | None) -> Link | None:
    if person_id is None:
        return None
    return Link(short(person_id), person_id, url_for("security.person_page", person_id=person_id))


def client_link(client_id: str | None) -> Link | None:
    if client_id is None:
        return None
    return Link(client_id, client_id, url_for("security.client_page", client_id=client_id))


def address_link(address: str | None) -> Link | None:
    if address is None:
        return None
    return Link(address, address, url_for("security.address_page", address=address))


def device_link(device: str | None) -> Link | None:
    if device is None:
        return None
    return Link(short(device), device, url_for("security.device_page", device=device))


def session_link(session_id: str) -> Link:
    return Link(short(session_id), session_id, url_for("security.session_page", session_id=session_id))


def organisation_link(organisation_id: str) -> Link | None:
    if len(organisation_id) != ID_LENGTH:
        return None
    url = url_for("security.organisation_page", organisation_id=organisation_id)
    return Link(short(organisation_id), organisation_id, url)


def short(text: str) -> str:
    """Of an id its end; anything shorter as it is."""
    return text if len(text) <= 2 * SHORT else f"…{text[-SHORT:]}"
