"""Searches are kept for one officer or for the desk; their titles are sealed, their number is bounded."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.crypto.fields import FieldCipher
from idp.staff import saved_searches
from idp.staff.desk_models import SavedSearch
from idp.staff.saved_searches import TitleWrong, TooMany
from tests.idp.staff.conftest import ON_EACH_DATABASE, Make

pytestmark = ON_EACH_DATABASE


@pytest.fixture
def save(sessions: sessionmaker[Session], cipher: FieldCipher, context: AuditContext) -> object:
    def one(staff_id: str, title: str, *, is_shared: bool = False, at_most: int = 3) -> str:
        with sessions.begin() as session:
            return saved_searches.save(
                session,
                cipher,
                title,
                "client=hall",
                ("client",),
                staff_id=staff_id,
                is_shared=is_shared,
                at_most=at_most,
                context=context,
            ).id

    return one


def test_own_and_shared_ones_are_seen_and_titles_are_sealed(
    sessions: sessionmaker[Session], cipher: FieldCipher, make: Make, save: object, context: AuditContext
) -> None:
    assert callable(save)
    first, second = make("security"), make("security")
    own, shared = save(first.id, "张三的案子"), save(first.id, "撞库", is_shared=True)
    with sessions() as session:
        rows = session.scalars(select(SavedSearch)).all()
        assert all("张三".encode() not in row.title_sealed for row in rows)
        seen = saved_searches.seen_by(session, cipher, first.id)
        assert {one.title for one in seen} == {"张三的案子", "撞库"}
        assert [(one.id, one.is_own) for one in saved_searches.seen_by(session, cipher, second.id)] == [
            (shared, False)
        ]
    with sessions.begin() as session:
        assert not saved_searches.remove(session, own, staff_id=second.id, context=context)
        assert saved_searches.remove(session, shared, staff_id=second.id, context=context)


def test_one_officer_saves_so_many(make: Make, save: object) -> None:
    assert callable(save)
    officer = make("security")
    for title in ("a", "b", "c"):
        save(officer.id, title)
    with pytest.raises(TooMany):
        save(officer.id, "d")
    for wrong in ("", " ", "x" * 81, "a\nb", "张三 11010519491231002X", "13800138000"):
        with pytest.raises(TitleWrong):
            save(officer.id, wrong)
