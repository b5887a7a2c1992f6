"""Six digits, once, with few tries."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.people.one_time_codes import MOST_TRIES, CodeAnswer, OneTimeCodes
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock

WHERE = ("sign-in", "interaction", "+8613800138000")


@pytest.fixture
def codes(clock: FakeClock) -> OneTimeCodes:
    return OneTimeCodes(MemoryStore(clock), b"k" * 32, seconds=300, random=lambda _: 42)


def test_a_code_is_six_digits_and_good_once(codes: OneTimeCodes) -> None:
    code = codes.issue(*WHERE)
    assert code == "000042"
    assert codes.check(*WHERE, "000042") is CodeAnswer.RIGHT
    assert codes.check(*WHERE, "000042") is CodeAnswer.GONE


@pytest.mark.parametrize("typed", ["０００ ０４２", " 000-042 ", "0 0 0 0 4 2"])
def test_as_phones_type_it(codes: OneTimeCodes, typed: str) -> None:
    codes.issue(*WHERE)
    assert codes.check(*WHERE, typed) is CodeAnswer.RIGHT


@pytest.mark.parametrize("typed", ["", "42", "000043", "0000420", "x" * 1000])
def test_anything_else_is_wrong(codes: OneTimeCodes, typed: str) -> None:
    codes.issue(*WHERE)
    assert codes.check(*WHERE, typed) is CodeAnswer.WRONG


def test_five_tries_then_not_even_the_right_one(codes: OneTimeCodes) -> None:
    codes.issue(*WHERE)
    for _ in range(MOST_TRIES):
        assert codes.check(*WHERE, "999999") is CodeAnswer.WRONG
    assert codes.check(*WHERE, "000042") is CodeAnswer.GONE
    codes.issue(*WHERE)
    assert codes.check(*WHERE, "000042") is CodeAnswer.RIGHT


def test_it_runs_out(codes: OneTimeCodes, clock: FakeClock) -> None:
    codes.issue(*WHERE)
    clock.advance(300)
    assert codes.check(*WHERE, "000042") is CodeAnswer.GONE


@pytest.mark.parametrize("changed", range(3))
def test_it_is_good_for_its_own_purpose_attempt_and_phone(codes: OneTimeCodes, changed: int) -> None:
    codes.issue(*WHERE)
    elsewhere = list(WHERE)
    elsewhere[changed] = "another"
    assert codes.check(*elsewhere, "000042") is CodeAnswer.GONE


def test_many_guesses_at_once_are_not_more_guesses(clock: FakeClock) -> None:
    codes = OneTimeCodes(MemoryStore(clock), b"k" * 32, seconds=300, random=lambda _: 3)
    codes.issue(*WHERE)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: codes.check(*WHERE, f"{n + 100:06d}"), range(64)))
    assert answers.count(CodeAnswer.WRONG) <= MOST_TRIES
    assert codes.check(*WHERE, "000003") is CodeAnswer.GONE


def test_the_random_ones_are_spread(clock: FakeClock) -> None:
    codes = OneTimeCodes(MemoryStore(clock), b"k" * 32, seconds=300)
    seen = {codes.issue("p", str(n), "phone") for n in range(200)}
    assert len(seen) > 190
    assert all(re.fullmatch("[0-9]{6}", code) for code in seen)
