"""Devices, clerks and the clock in any order: nobody gets further than the states allow."""

from datetime import timedelta

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.staff.sessions import StaffSignIn
from idp.storage.ephemeral.memory import MemoryStore
from idp.window.helping import UNDER_WAY, Held, Help, HelpChanged, Helps, State
from tests.fakes import FakeClock

CLERKS = ("anna", "bo")
DEVICES = ("left", "right")
AFTER = {
    State.TAKEN: {State.OFFERED, State.TO_ENROL, State.GIVEN_UP},
    State.OFFERED: {State.SIGNED_IN, State.FACE, State.REFUSED, State.GIVEN_UP},
    State.FACE: {State.SIGNED_IN, State.GIVEN_UP},
}
"""What the pages ask for, by what was there."""


def clerk(name: str, clock: FakeClock) -> StaffSignIn:
    return StaffSignIn(
        sid=f"session of {name}",
        staff_id=name,
        staff_number=name.upper(),
        roles=frozenset({"clerk"}),
        office="",
        window="",
        methods=(),
        opened_at=clock(),
        last_used_at=clock(),
        enrolled_at=None,
    )


def made(clock: FakeClock) -> Helps:
    cipher = FieldCipher(KeyRing("one", {"one": b"1" * 32}))
    return Helps(MemoryStore(clock), cipher, b"k" * 32, code_seconds=90, help_seconds=300)


def begin(helps: Helps, device: str, clock: FakeClock) -> Help:
    return helps.begin(
        f"interaction of {device}",
        browser=device,
        client_id="tax",
        level=3,
        address="192.0.2.7",
        now=clock(),
    )


class Window(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.helps = made(self.clock)
        self.codes: dict[str, str] = {}  # of every device the one that it shows
        self.taken: dict[str, str] = {}  # help -> clerk
        self.signed_in: list[str] = []

    @rule(device=st.sampled_from(DEVICES))
    def show(self, device: str) -> None:
        self.codes[device] = self.helps.code_of(begin(self.helps, device, self.clock))

    @rule(device=st.sampled_from(DEVICES), who=st.sampled_from(CLERKS))
    def enter(self, device: str, who: str) -> None:
        found = self.helps.take(self.codes.get(device, ""), clerk(who, self.clock), self.clock())
        if found is not None:
            assert found.id not in self.taken, "one code, two clerks"
            self.taken[found.id] = who

    @precondition(lambda self: self.taken)
    @rule(which=st.integers(0, 50), wanted=st.sampled_from(State), who=st.sampled_from(CLERKS))
    def go_on(self, which: int, wanted: State, who: str) -> None:
        help_id = list(self.taken)[which % len(self.taken)]
        held = self.helps.of_clerk(help_id, who)
        if held is None:
            return
        assert self.taken[help_id] == who, "another clerk's help"
        if wanted not in AFTER.get(held.help.state, set()) or held.help.is_over(self.clock()):
            return
        self.helps.change(held, self.clock(), state=wanted)
        with pytest.raises(HelpChanged):
            self.helps.change(held, self.clock(), state=wanted)
        if wanted is State.SIGNED_IN:
            self.signed_in.append(help_id)

    @rule(seconds=st.sampled_from([1, 60, 89, 90, 299, 300, 900]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def each_signs_in_once(self) -> None:
        assert len(self.signed_in) == len(set(self.signed_in))

    @invariant()
    def a_device_sees_its_own_alone(self) -> None:
        for device, other in (DEVICES, reversed(DEVICES)):
            assert self.helps.of_device(f"interaction of {device}", other) is None

    @invariant()
    def what_has_run_out_is_over(self) -> None:
        for device in DEVICES:
            held = self.helps.of_device(f"interaction of {device}", device)
            if held is not None and held.help.state in UNDER_WAY and held.help.expires_at <= self.clock():
                assert held.help.stands(self.clock()) == "expired"


Window.TestCase.settings = hypothesis_settings(max_examples=40, stateful_step_count=25, deadline=None)
TestWindow = Window.TestCase


def test_another_code_ends_what_rested_on_the_former() -> None:
    clock = FakeClock()
    helps = made(clock)
    first = begin(helps, "left", clock)
    taken = helps.take(helps.code_of(first), clerk("anna", clock), clock())
    assert taken is not None
    begin(helps, "left", clock)
    assert helps.of_clerk(taken.id, "anna") is None
    with pytest.raises(HelpChanged):
        helps.change(Held(taken, b"as it was"), clock(), state=State.OFFERED)


def test_once_taken_it_has_its_own_time() -> None:
    clock = FakeClock()
    helps = made(clock)
    shown = begin(helps, "left", clock)
    clock.advance(89)
    taken = helps.take(helps.code_of(shown), clerk("anna", clock), clock())
    assert taken is not None
    assert taken.expires_at - clock() == timedelta(seconds=300)


def test_what_became_of_it_can_be_seen_for_a_while() -> None:
    clock = FakeClock()
    helps = made(clock)
    shown = begin(helps, "left", clock)
    helps.take(helps.code_of(shown), clerk("anna", clock), clock())
    clock.advance(301)
    held = helps.of_clerk(shown.id, "anna")
    assert held is not None
    assert held.help.stands(clock()) == "expired"


def test_nothing_of_it_shows_when_printed() -> None:
    clock = FakeClock()
    shown = begin(made(clock), "left", clock)
    assert "left" not in repr(shown)
