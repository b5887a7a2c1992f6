"""Any order of answers, polls and time: a request is answered once, fetched once, and never too late."""

from dataclasses import replace

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import integers, sampled_from

from idp.oidc.decoupled import waiting
from idp.oidc.decoupled.waiting import Status, WaitingRequest
from idp.oidc.token import live_grants
from idp.storage.ephemeral.memory import MemoryStore
from tests.contracts.test_answer_race import ASKED, PEOPLE
from tests.contracts.test_redeem_race import AUTHORIZATION, KEY
from tests.fakes import FakeClock

SECONDS, TOKEN_SECONDS = 60, 30


class Lives(RuleBasedStateMachine):
    """The model is what was said first, and in time."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.store = MemoryStore(self.clock)
        _handle, made = waiting.start(
            self.store, KEY, ASKED, way="device", now=self.clock(), seconds=SECONDS, interval=5, details={}
        )
        self.id, self.ends = made.id, made.expires_at
        self.held: list[WaitingRequest] = [self._found()]
        self.answer: str | None = None
        """A person's id, or `no`."""
        self.fetched = 0

    @rule(person=sampled_from(PEOPLE), number=integers(0, 9))
    def approve(self, person: str, number: int) -> None:
        """By somebody who looked at it a moment or an age ago."""
        seen = self.held[number % len(self.held)]
        theirs = replace(AUTHORIZATION, person_id=person)
        heard = waiting.approve(self.store, seen, theirs, self.clock(), token_seconds=TOKEN_SECONDS)
        self._expect(heard, person)

    @rule(number=integers(0, 9))
    def deny(self, number: int) -> None:
        self._expect(waiting.deny(self.store, self.held[number % len(self.held)], self.clock()), "no")

    def _expect(self, heard: bool, answer: str) -> None:
        assert heard == (self.answer is None and self.clock() < self.ends)
        if heard:
            self.answer = answer

    @rule()
    def look(self) -> None:
        found = waiting.find(self.store, self.id)
        if found is not None:
            self.held.append(found)

    @precondition(lambda self: self.held[-1].status is Status.APPROVED)
    @rule()
    def fetch(self) -> None:
        found = self.held[-1]
        self.fetched += waiting.take(self.store, found)
        assert found.authorization is not None
        assert found.authorization.person_id == self.answer

    @rule(seconds=integers(1, 40))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def it_is_fetched_once(self) -> None:
        assert self.fetched <= 1

    @invariant()
    def the_grant_is_that_of_who_was_heard(self) -> None:
        live = live_grants.find(self.store, self.held[0].grant_id)
        if self.answer in {None, "no"}:
            assert live is None
        elif self.clock() < self.ends:
            assert live is not None
            assert live.person_id == self.answer

    def _found(self) -> WaitingRequest:
        found = waiting.find(self.store, self.id)
        assert found is not None
        return found


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
