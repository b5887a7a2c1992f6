"""Searches that officers keep, for themselves or for the whole desk.

What is looked for is ids and codes, so a saved search knows no more than the log does; only its title was
typed by somebody, and is sealed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.desk import SearchRemoved, SearchSaved
from idp.crypto.fields import FieldCipher
from idp.people.reencrypt import SealedTable
from idp.staff.desk_models import SavedSearch
from idp.storage.base import new_id

TITLE: Final = "staff.saved_search"
LONGEST_TITLE: Final = 80
NUMBER: Final = re.compile(r"\d{11}")
"""Of a telephone or a card: shared with the desk it would be on everybody's page."""
SEALED: Final = SealedTable(SavedSearch, {"title_sealed": TITLE})


class TooMany(Exception):
    """This officer has saved as many as one may."""


class TitleWrong(ValueError):
    """Empty, too long, on several lines, or with a number of somebody."""


@dataclass(frozen=True, slots=True)
class Search:
    id: str
    title: str
    query: str
    is_shared: bool
    is_own: bool


def save(
    session: Session,
    cipher: FieldCipher,
    title: str,
    query: str,
    criteria: tuple[str, ...],
    *,
    staff_id: str,
    is_shared: bool,
    at_most: int,
    context: AuditContext,
) -> SavedSearch:
    """`query`: as the address has it; `criteria`: the names of what it holds. Raises TitleWrong, TooMany."""
    title = title.strip()
    is_text = title and len(title) <= LONGEST_TITLE and title.isprintable()
    if not is_text or NUMBER.search(title):
        raise TitleWrong
    count = select(func.count()).select_from(SavedSearch).where(SavedSearch.staff_id == staff_id)
    if (session.scalar(count) or 0) >= at_most:
        raise TooMany
    row_id = new_id(context.at)
    saved = SavedSearch(
        id=row_id,
        staff_id=staff_id,
        title_sealed=cipher.seal(title, context=f"{TITLE}:{row_id}"),
        query=query,
        is_shared=is_shared,
        created_at=context.at,
    )
    session.add(saved)
    session.flush()
    event = SearchSaved(row_id, criteria, "desk" if is_shared else "own")
    audit.record(session, event, context=context)
    return saved


def seen_by(session: Session, cipher: FieldCipher, staff_id: str) -> Sequence[Search]:
    """Their own and those of the desk, the oldest first."""
    query = select(SavedSearch).where(or_(SavedSearch.staff_id == staff_id, SavedSearch.is_shared))
    return [
        Search(
            row.id,
            cipher.open_text(row.title_sealed, context=f"{TITLE}:{row.id}"),
            row.query,
            row.is_shared,
            row.staff_id == staff_id,
        )
        for row in session.scalars(query.order_by(SavedSearch.created_at, SavedSearch.id))
    ]


def remove(session: Session, search_id: str, *, staff_id: str, context: AuditContext) -> bool:
    """One's own, or one of the desk's: whoever left cannot clear up any more. False: there is none."""
    row = session.get(SavedSearch, search_id, with_for_update=True)
    if row is None or not (row.is_shared or row.staff_id == staff_id):
        return False
    session.delete(row)
    session.flush()
    audit.record(session, SearchRemoved(search_id), context=context)
    return True
