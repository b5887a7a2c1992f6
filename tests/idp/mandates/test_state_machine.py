"""Whatever people, registers and time do one after another: nothing stands whose ladder is broken, there are
never more than there may be, and what has ended stays so.

The ladder is judged here by hand, rung after rung, from the rows and from what the test told the registers.
"""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import event, select, text
from sqlalchemy.orm import sessionmaker

import idp.audit.models
import idp.business.models
import idp.business.registry.models
import idp.mandates.models
import idp.people.models  # noqa: F401
from idp.business.organisation_kinds import OrganisationStatus
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.mandates.models import Mandate, MandateInvitation, Role
from idp.mandates.refusing import MandateRefused
from idp.mandates.register_changes import FOR_GOOD
from idp.people.models import Person, PersonStatus
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.fakes import FakeClock
from tests.idp.business.registering import code_of
from tests.idp.mandates.world import World
from tests.idp.people.conftest import NOW

WHICH = st.integers(0, 59)
WHO = st.sampled_from(["above", "above", "above", "holder", "somebody"])
LIVE = select(Mandate.id).where(Mandate.ended_at.is_(None))
RARE = st.integers(0, 4)
PEOPLE = range(1, 7)
FIRMS = (1, 2)
FEWER = st.sampled_from([("permits",), ("tax_filing",), ("permits", "invoices")])
MATTERS = st.sampled_from([(), ("tax_filing",), ("permits", "tax_filing")])
SETTINGS = {"administrators_at_most": 1, "agents_at_most": 3, "relatives_at_most": 1}
ACTIVE = OrganisationStatus.ACTIVE
STATUSES = st.sampled_from([ACTIVE, ACTIVE, *OrganisationStatus])
APPOINTED = st.sampled_from([Role.ADMINISTRATOR, Role.AGENT, Role.AGENT])


class Registers(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.engine = open_database(f"sqlite:///{self.folder.name}/world.db")
        event.listen(self.engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF").close())
        Base.metadata.create_all(self.engine)
        cipher = FieldCipher(KeyRing("one", {"one": b"1" * 32}))
        sessions = sessionmaker(self.engine, expire_on_commit=False)
        self.world = World(sessions, cipher, BlindIndex(b"i" * 32), FakeClock(NOW))
        self.world.settings = self.world.settings.model_copy(update=SETTINGS)
        self.people = {serial: self.world.person(serial) for serial in PEOPLE}
        self.represented = {firm: firm for firm in FIRMS}
        self.organisations = {self.world.firm(firm, code_of(firm)): firm for firm in FIRMS}
        self.is_over = dict.fromkeys(FIRMS, False)
        self.active = dict.fromkeys(FIRMS, True)
        self.checked = dict.fromkeys(FIRMS, NOW)
        self.ended: dict[str, Any] = {}
        roots = [self.world.root(self.people[firm]) for firm in FIRMS]
        above = self.world.below(roots[0], self.people[3], Role.ADMINISTRATOR, may_pass_on=True, days=20)
        matters = "permits", "tax_filing"
        self.world.below(above, self.people[4], Role.AGENT, *matters, may_pass_on=True, days=20)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()

    @rule(firm=st.sampled_from(FIRMS), person=st.sampled_from(PEOPLE), status=STATUSES, is_rare=RARE)
    def the_register_says(self, firm: int, person: int, status: OrganisationStatus, is_rare: int) -> None:
        if is_rare == 0:
            self._tell(firm, person, status)
        else:
            self._tell(firm, self.represented[firm], OrganisationStatus.ACTIVE)

    @rule(person=st.sampled_from(PEOPLE))
    def the_representative_comes(self, person: int) -> None:
        self.world.roots(self.people[person])

    @rule(
        which=WHICH,
        to=st.sampled_from(PEOPLE),
        role=APPOINTED,
        matters=MATTERS,
        may_pass_on=st.sampled_from([True, True, False]),
        days=st.sampled_from([None, 1, 5]),
        waits=RARE,
    )
    def somebody_appoints(
        self,
        which: int,
        to: int,
        role: Role,
        matters: tuple[str, ...],
        may_pass_on: bool,
        days: int | None,
        waits: int,
    ) -> None:
        """Out of whoever could once; mostly out of those who may now."""
        now = {one for person in self.people.values() for one in self.world.held_by(person)}
        above = self._some(
            which, select(Mandate.id).where(Mandate.id.in_(now)) if now else select(Mandate.id)
        )
        if above is None:
            return
        with suppress(MandateRefused):
            sent = self.world.invite(above, to, role, *matters, may_pass_on=may_pass_on, days=days)
            if waits != 0:
                self.world.accept(sent, self.people[to])

    @rule(person=st.sampled_from(PEOPLE), to=st.sampled_from(PEOPLE))
    def somebody_asks_a_relative(self, person: int, to: int) -> None:
        by = self.people[person]
        self._try(lambda: self.world.invite(None, to, Role.RELATIVE, by=by, days=3))

    @rule(which=WHICH, person=st.sampled_from(PEOPLE))
    def somebody_accepts(self, which: int, person: int) -> None:
        """What waits for them, if anything does; else anything, which must not work."""
        waiting = self.world.waiting_for(self.people[person])
        if waiting:
            query = select(MandateInvitation.id).where(MandateInvitation.id.in_(waiting))
            invitation = self._some(which, query) or ""
            self._try(lambda: self.world.accept(invitation, self.people[person]))
            return
        other = self._some(which, select(MandateInvitation.id))
        if other is not None and self._may_see(person):
            try:
                self.world.accept(other, self.people[person])
            except MandateRefused:
                return
            raise AssertionError("accepted what did not wait for them")

    @rule(which=WHICH, who=WHO)
    def somebody_ends(self, which: int, who: str) -> None:
        if (found := self._some(which, LIVE)) is not None:
            self._try(lambda: self.world.end(found, by=self._who(found, who)))

    @rule(which=WHICH, matters=FEWER, who=WHO)
    def somebody_narrows(self, which: int, matters: tuple[str, ...], who: str) -> None:
        if (found := self._some(which, LIVE)) is not None:
            self._try(lambda: self._narrow(found, matters, self._who(found, who)))

    @rule(which=WHICH, days=st.sampled_from([None, 1, 9]), who=WHO)
    def somebody_renews(self, which: int, days: int | None, who: str) -> None:
        if (found := self._some(which, LIVE)) is not None:
            self._try(lambda: self._renew(found, days, self._who(found, who)))

    @rule(person=st.sampled_from(PEOPLE), status=st.sampled_from(PersonStatus), is_rare=RARE)
    def an_account_changes(self, person: int, status: PersonStatus, is_rare: int) -> None:
        self.world.set_status(self.people[person], status if is_rare == 0 else PersonStatus.ACTIVE)

    @rule(hours=st.sampled_from([1, 1, 25, 80]), is_silent=RARE)
    def time_passes(self, hours: int, is_silent: int) -> None:
        self.world.clock.advance(hours * 3600)
        if is_silent != 0:
            for firm in FIRMS:
                status = ACTIVE if self.active[firm] else OrganisationStatus.SUSPENDED
                self._tell(firm, self.represented[firm], status)

    @rule()
    def the_worker_comes(self) -> None:
        sweeping, now = self.world.mandates.sweeping, self.world.clock()
        with self.world.sessions.begin() as session:
            sweeping.end_expired(session, now)
            sweeping.end_of_ended_accounts(session, now)
            sweeping.expire_invitations(session, now)

    @invariant()
    def what_stands_has_a_whole_ladder(self) -> None:
        if not hasattr(self, "world"):
            return
        rows, statuses = self._rows()
        for row in rows.values():
            found = self.world.standing(row.id)
            whole = self._is_whole(row, rows, statuses)
            matters = self._allowed(row, rows)
            assert (found is not None) == (whole and matters is not None)
            if found is not None and matters is not None:
                assert set(found.matters) == matters

    @invariant()
    def there_are_no_more_than_may_be(self) -> None:
        if not hasattr(self, "world"):
            return
        rows, _ = self._rows()
        now = self.world.clock()
        counted: dict[tuple[str | None, str | None, str], int] = {}
        for row in rows.values():
            if row.ended_at is None and (row.expires_at is None or row.expires_at > now):
                key = row.organisation_id, row.principal_id, row.role
                counted[key] = counted.get(key, 0) + 1
        most = {"administrator": 1, "agent": 3, "relative": 1, "legal_representative": 1}
        assert all(number <= most[role] for (_, _, role), number in counted.items())

    @invariant()
    def what_has_ended_stays_so_and_was_told(self) -> None:
        if not hasattr(self, "world"):
            return
        rows, _ = self._rows()
        for row in rows.values():
            if row.id in self.ended:
                assert row.ended_at == self.ended[row.id]
            elif row.ended_at is not None:
                self.ended[row.id] = row.ended_at
                assert row.ended_reason
                assert row.id in self.world.ended
            elif row.role == Role.LEGAL_REPRESENTATIVE:
                firm = self.organisations[row.organisation_id or ""]
                assert row.person_id == self.people[self.represented[firm]]
                assert not self.is_over[firm]
            # Nothing that is live hangs on what has ended.
            above = rows.get(row.parent_id or "")
            assert above is None or above.ended_at is None or row.ended_at is not None

    def _tell(self, firm: int, person: int, status: OrganisationStatus) -> None:
        self.world.clock.advance(1)
        self.world.firm(person, code_of(firm), status=status)
        self.represented[firm], self.active[firm] = person, status == OrganisationStatus.ACTIVE
        self.is_over[firm] = status in FOR_GOOD
        self.checked[firm] = self.world.clock()

    def _is_whole(self, row: Mandate, rows: dict[str, Mandate], statuses: dict[str, str]) -> bool:
        now = self.world.clock()
        for rung in self._ladder(row, rows):
            if rung.ended_at is not None or (rung.expires_at is not None and rung.expires_at <= now):
                return False
            if statuses[rung.person_id] != PersonStatus.ACTIVE:
                return False
        if row.organisation_id is None:
            return statuses[row.principal_id or ""] == PersonStatus.ACTIVE
        firm = self.organisations[row.organisation_id]
        root = self._ladder(row, rows)[-1]
        return (
            self.active[firm]
            and now < self.checked[firm] + timedelta(days=1)
            and root.role == Role.LEGAL_REPRESENTATIVE
            and root.person_id == self.people[self.represented[firm]]
        )

    def _allowed(self, row: Mandate, rows: dict[str, Mandate]) -> set[str] | None:
        """None: nothing; empty: everything."""
        lists = [set(rung.matters) for rung in self._ladder(row, rows) if rung.matters]
        return (set.intersection(*lists) or None) if lists else set()

    def _ladder(self, row: Mandate, rows: dict[str, Mandate]) -> list[Mandate]:
        rungs = [row]
        while rungs[-1].parent_id is not None:
            rungs.append(rows[rungs[-1].parent_id])
        assert len(rungs) <= 4
        return rungs

    def _rows(self) -> tuple[dict[str, Mandate], dict[str, str]]:
        with self.world.sessions() as session:
            rows = {row.id: row for row in session.scalars(select(Mandate))}
            return rows, {row.id: row.status for row in session.execute(select(Person.id, Person.status))}

    def _some(self, which: int, query: Any) -> str | None:
        """One of them, in the order of their making, which is the same in each run."""
        with self.world.sessions() as session:
            found: list[str] = list(session.scalars(query.order_by(text("rowid"))))
        return found[which % len(found)] if found else None

    def _who(self, mandate_id: str, who: str) -> str:
        row = self.world.row(mandate_id)
        return {"holder": row.person_id, "above": row.granted_by or row.person_id}.get(who, self.people[6])

    def _may_see(self, person: int) -> bool:
        """A frozen or closed account does not come as far as the pages."""
        with self.world.sessions() as session:
            return session.get_one(Person, self.people[person]).status == PersonStatus.ACTIVE

    def _narrow(self, mandate_id: str, matters: tuple[str, ...], by: str) -> None:
        with self.world.sessions.begin() as session:
            context = self.world.context
            self.world.mandates.changing.narrow(session, mandate_id, matters, by=by, context=context)

    def _renew(self, mandate_id: str, days: int | None, by: str) -> None:
        expires_at = None if days is None else self.world.clock() + timedelta(days=days)
        with self.world.sessions.begin() as session:
            context = self.world.context
            self.world.mandates.changing.renew(
                session, mandate_id, expires_at, by=by, level=3, context=context
            )

    def _try(self, act: Callable[[], object]) -> None:
        with suppress(MandateRefused):
            act()


def test_no_order_of_events_leaves_a_broken_ladder_standing() -> None:
    run_state_machine_as_test(
        Registers,
        settings=settings(
            max_examples=15,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
