"""Who a person is, is shown to one officer once, for a reason that a second one has read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.crypto.fields import FieldCipher
from idp.settings.security import Security
from idp.staff import unmasking
from idp.staff.desk_models import UnmaskAsk
from idp.staff.models import StaffAccount
from idp.staff.unmasking import Asked, Extent, NoteWrong, NotTheirs, Reason, State
from tests.idp.people.conftest import NOW
from tests.idp.staff.conftest import ON_EACH_DATABASE, SETTINGS, Make, signed_in

pytestmark = ON_EACH_DATABASE
LATER = NOW + timedelta(hours=80)
PERSON = "01890a5d-ac96-774b-bcce-b302099a8057"
WHY = "他本人来电，称登录非其所为"
TWO = Security.model_construct(unmask_needs_second=True, unmask_minutes=30)
ONE = Security.model_construct(unmask_needs_second=False, unmask_minutes=30)
Desk = Callable[..., UnmaskAsk]


@pytest.fixture
def ask(sessions: sessionmaker[Session], cipher: FieldCipher) -> Desk:
    def one(officer: StaffAccount, settings: Security = TWO, at: datetime = LATER) -> UnmaskAsk:
        what = Asked(Reason.REPORTED, WHY, Extent.MASKED, None)
        context = AuditContext(at, actor=officer.id)
        with sessions.begin() as session:
            asked = unmasking.ask(
                session, cipher, PERSON, what, officer=signed_in(officer), settings=settings, context=context
            )
            session.expunge(asked)
        return asked

    return one


@pytest.fixture
def decide(sessions: sessionmaker[Session]) -> Desk:
    def one(
        asked: UnmaskAsk, officer: StaffAccount, *, agrees: bool = True, at: datetime = LATER
    ) -> UnmaskAsk:
        with sessions.begin() as session:
            return unmasking.decide(
                session,
                asked.id,
                signed_in(officer),
                agrees=agrees,
                minutes=30,
                settings=SETTINGS,
                context=AuditContext(at, actor=officer.id),
            )

    return one


@pytest.fixture
def use(sessions: sessionmaker[Session]) -> Desk:
    def one(asked: UnmaskAsk, officer: StaffAccount, *, at: datetime = LATER) -> UnmaskAsk:
        with sessions.begin() as session:
            context = AuditContext(at, actor=officer.id)
            return unmasking.use(session, asked.id, signed_in(officer), context=context)

    return one


def events(sessions: sessionmaker[Session]) -> list[str]:
    query = "SELECT name FROM audit_events WHERE name LIKE '%unmask%' ORDER BY seq"
    with sessions() as session:
        return [str(name) for (name,) in session.execute(text(query))]


def test_two_officers_and_it_is_shown_once(
    make: Make, ask: Desk, decide: Desk, use: Desk, sessions: sessionmaker[Session]
) -> None:
    asker, second = make("security"), make("security")
    asked = ask(asker)
    with pytest.raises(NotTheirs, match="waiting"):
        use(asked, asker)
    decide(asked, second)
    assert use(asked, asker).decided_by == second.id
    with pytest.raises(NotTheirs, match="used"):
        use(asked, asker)
    assert events(sessions) == ["unmask_asked", "unmask_decided", "person_unmasked"]


def test_attack_the_asker_agrees_with_themself(make: Make, ask: Desk, decide: Desk) -> None:
    asker = make("security")
    with pytest.raises(NotTheirs, match="asker"):
        decide(ask(asker), asker)


def test_attack_a_second_officer_made_for_the_purpose(make: Make, ask: Desk, decide: Desk) -> None:
    asker, new = make("security"), make("security")
    asked = ask(asker, at=NOW)
    with pytest.raises(NotTheirs, match="new"):
        decide(asked, new, at=NOW + timedelta(minutes=5))


def test_a_clerk_is_no_second_officer(make: Make, ask: Desk, decide: Desk) -> None:
    with pytest.raises(NotTheirs, match="role"):
        decide(ask(make("security")), make("clerk", "operator"))


def test_attack_what_another_officer_was_allowed_is_used(
    make: Make, ask: Desk, decide: Desk, use: Desk
) -> None:
    asker, second = make("security"), make("auditor")
    asked = ask(asker)
    decide(asked, second)
    with pytest.raises(NotTheirs, match="unknown"):
        use(asked, second)


def test_what_was_refused_is_not_shown_and_not_decided_again(
    make: Make, ask: Desk, decide: Desk, use: Desk
) -> None:
    asker, second = make("security"), make("security")
    asked = ask(asker)
    decide(asked, second, agrees=False)
    with pytest.raises(NotTheirs, match="refused"):
        use(asked, asker)
    with pytest.raises(NotTheirs, match="over"):
        decide(asked, second)


def test_question_and_answer_lapse(make: Make, ask: Desk, decide: Desk, use: Desk) -> None:
    asker, second = make("security"), make("security")
    asked, other = ask(asker), ask(asker)
    with pytest.raises(NotTheirs, match="over"):
        decide(asked, second, at=LATER + timedelta(minutes=30))
    decide(other, second, at=LATER + timedelta(minutes=29))
    with pytest.raises(NotTheirs, match="over"):
        use(other, asker, at=LATER + timedelta(minutes=59))


def test_where_no_second_officer_is_asked_for_it_still_takes_a_reason(
    make: Make, ask: Desk, use: Desk
) -> None:
    asker = make("security")
    assert use(ask(asker, ONE), asker).decided_by is None
    for nothing in ("", "   ", "x" * 501):
        with pytest.raises(NoteWrong):
            Asked(Reason.OTHER, nothing, Extent.FULL, None)


def test_the_words_of_why_are_sealed_and_not_in_the_log(
    make: Make, ask: Desk, cipher: FieldCipher, sessions: sessionmaker[Session]
) -> None:
    asked = ask(make("security"))
    assert unmasking.note_of(asked, cipher) == WHY
    assert WHY.encode() not in asked.note_sealed
    with sessions() as session:
        assert all(
            WHY not in payload for (payload,) in session.execute(text("SELECT payload FROM audit_events"))
        )


def test_of_two_requests_at_once_one_is_shown(make: Make, ask: Desk, decide: Desk, use: Desk) -> None:
    asker, second = make("security"), make("security")
    asked = ask(asker)
    decide(asked, second)

    def tried(_number: int) -> bool:
        try:
            use(asked, asker)
        except NotTheirs:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tried, range(4))) == 1


def test_old_questions_are_swept(make: Make, ask: Desk, sessions: sessionmaker[Session]) -> None:
    asked = ask(make("security"))
    with sessions.begin() as session:
        assert unmasking.sweep(session, LATER + timedelta(days=180)) == 0
        assert [one.id for one in unmasking.waiting(session, LATER)] == [asked.id]
        found = unmasking.of_officer(session, asked.asked_by, at_most=5)
        assert [unmasking.state_of(one, LATER) for one in found] == [State.WAITING]
        assert unmasking.sweep(session, LATER + timedelta(days=181)) == 1
