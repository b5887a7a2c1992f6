"""Whatever pages and telephones do, in whatever order: the links agree with a model of one screen."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from idp.login.licence_app.links import (
    CHECK_SECONDS,
    LinkGone,
    Links,
    Scanned,
    Times,
    UnknownCode,
    WrongDigits,
)
from idp.login.licence_app.states import TRIES, Ending, Link, State, WrongState
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock

CODE, CONFIRM, TAKE, WHOLE = 60, 180, 120, 900
TIMES = Times(timedelta(seconds=CODE), timedelta(seconds=CONFIRM), timedelta(seconds=TAKE))
SECONDS = st.sampled_from([1, 11, 49, 59, 61, 119, 121, 181, 901])
ENDINGS = st.sampled_from([Ending.DECLINED, Ending.NOT_MINE])


class Machine(RuleBasedStateMachine):
    codes: Bundle[str] = Bundle("codes")
    phones: Bundle[Scanned] = Bundle("phones")

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.begin = self.clock()
        self.links = Links(MemoryStore(self.clock), b"k" * 32, TIMES)
        self.state = State.SHOWN
        self.ends = self.begin + timedelta(seconds=WHOLE)
        self.owner: Scanned | None = None
        self.used: set[str] = set()
        self.proofs = 0
        self.misses = 0

    @initialize()
    def open(self) -> None:
        self.link = self.links.open(
            browser="b",
            interaction_id="i",
            client_id="hall",
            host="hall.example",
            address="192.0.2.7",
            now=self.clock(),
            closes_at=self.ends,
        )

    @property
    def now(self) -> State:
        return State.EXPIRED if self.clock() >= self.ends else self.state

    def move(self, state: State, seconds: float) -> None:
        self.state = state
        closes = self.begin + timedelta(seconds=WHOLE)
        self.ends = min(self.clock() + timedelta(seconds=seconds), closes)

    @rule(target=codes)
    def show(self) -> str:
        try:
            _, code = self.links.code(self.link, self.clock())
        except (WrongState, LinkGone):
            assert self.now is not State.SHOWN
            return "BCDFGHJKLMNP"
        return code

    @rule(code=codes, target=phones)
    def scan(self, code: str) -> Scanned:
        try:
            found = self.links.scan(code, lambda link: f"{link.host}\n", self.clock())
        except UnknownCode:
            return Scanned(self.link, "of nobody")
        assert self.now is State.SHOWN
        assert code not in self.used
        self.used.add(code)
        self.owner = found
        self.move(State.SCANNED, CONFIRM)
        return found

    def tried(self, phone: Scanned, *begins: State) -> bool:
        return phone is self.owner and self.now in begins

    @rule(phone=phones)
    def begin_check(self, phone: Scanned) -> None:
        may = self.tried(phone, State.SCANNED)
        assert may == self.did(lambda: self.links.begin_check(self.link, phone.token, self.clock()))
        if may:
            self.move(State.CHECKING, CHECK_SECONDS)

    @rule(phone=phones)
    def confirm(self, phone: Scanned) -> None:
        may = self.tried(phone, State.CHECKING)
        assert may == self.did(lambda: self.links.confirm(self.link, phone.token, "proof", self.clock()))
        if may:
            self.move(State.CONFIRMED, TAKE)

    @rule(phone=phones, ending=ENDINGS)
    def refuse(self, phone: Scanned, ending: Ending) -> None:
        may = self.tried(phone, State.SCANNED, State.CONFIRMED)
        assert may == self.did(lambda: self.links.refuse(self.link, phone.token, ending, self.clock()))
        if may:
            self.move(State.REFUSED, WHOLE)

    @rule(phone=phones)
    def licence_is_refused(self, phone: Scanned) -> None:
        may = self.tried(phone, State.CHECKING)
        ending = Ending.LICENCE
        assert may == self.did(lambda: self.links.refuse(self.link, phone.token, ending, self.clock()))
        if may:
            self.move(State.REFUSED, WHOLE)

    @rule(is_right=st.booleans())
    def take(self, is_right: bool) -> None:
        before = self.now
        found = self.stored()
        right = "" if found is None else self.links.digits(found)
        typed = right if is_right else ("0000" if right != "0000" else "1111")
        outcome = self.taken(typed)
        if before is not State.CONFIRMED:
            assert outcome is None
        elif is_right:
            assert outcome == "proof"
            self.proofs += 1
            self.move(State.TAKEN, WHOLE)
        else:
            self.misses += 1
            assert outcome == TRIES - self.misses
            if not outcome:
                self.move(State.REFUSED, WHOLE)

    def taken(self, typed: str) -> str | int | None:
        """The proof, the tries that are left, or None where there is nothing to take."""
        try:
            return self.links.take(self.link, typed, self.clock())
        except WrongDigits as wrong:
            return wrong.left
        except (WrongState, LinkGone):
            return None

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def agrees(self) -> None:
        found = self.stored()
        assert self.proofs <= 1
        if found is None:
            assert self.now is State.EXPIRED
            return
        assert found.state_at(self.clock()) is self.now
        assert (found.proof is not None) == (found.state is State.CONFIRMED)
        assert found.ends_at <= found.closes_at

    def stored(self) -> Link | None:
        try:
            return self.links.find(self.link.id)
        except LinkGone:
            return None

    @staticmethod
    def did(move: Callable[[], object]) -> bool:
        try:
            move()
        except (WrongState, LinkGone):
            return False
        return True


Machine.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestLinks = Machine.TestCase
