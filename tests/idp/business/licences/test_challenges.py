"""Challenges: one text, one use, one purpose, one interaction."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.business.licences.challenges import BYTES_AT_MOST, Challenges, read_challenge
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.business.licences.world import ISSUER, NOW


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def challenges(clock: FakeClock) -> Challenges:
    return Challenges(MemoryStore(clock), ISSUER, seconds=180)


def test_the_text_says_who_asks_for_what_and_until_when(challenges: Challenges) -> None:
    made = challenges.issue("sign-in", "an interaction", NOW)
    lines = made.text.decode("ascii").splitlines()
    assert lines[:3] == ["yitong-licence-challenge/1", f"issuer: {ISSUER}", "purpose: sign-in"]
    assert lines[5] == "expires: 2026-06-01T12:03:00Z"
    assert "an interaction" not in made.text.decode()
    assert read_challenge(made.text) == made


def test_it_is_good_once(challenges: Challenges) -> None:
    text = challenges.issue("sign-in", "one", NOW).text
    challenges.redeem(text, "sign-in", "one", NOW)
    with pytest.raises(LicenceRefused, match="was used"):
        challenges.redeem(text, "sign-in", "one", NOW)


def test_of_many_at_once_one_redeems_it(challenges: Challenges) -> None:
    text = challenges.issue("sign-in", "one", NOW).text
    barrier, done = Barrier(8), []

    def redeem() -> None:
        barrier.wait()
        try:
            challenges.redeem(text, "sign-in", "one", NOW)
            done.append(True)
        except LicenceRefused:
            pass

    threads = [Thread(target=redeem) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True]


@pytest.mark.parametrize(("purpose", "interaction"), [("sign", "one"), ("sign-in", "two")])
def test_it_is_good_for_its_own_purpose_and_interaction(
    challenges: Challenges, purpose: str, interaction: str
) -> None:
    text = challenges.issue("sign-in", "one", NOW).text
    with pytest.raises(LicenceRefused, match="something else"):
        challenges.redeem(text, purpose, interaction, NOW)
    challenges.redeem(text, "sign-in", "one", NOW)


def test_it_expires(challenges: Challenges, clock: FakeClock) -> None:
    text = challenges.issue("sign-in", "one", NOW).text
    with pytest.raises(LicenceRefused, match="expired"):
        challenges.redeem(text, "sign-in", "one", NOW + timedelta(seconds=180))
    clock.advance(180)
    with pytest.raises(LicenceRefused, match="none of ours"):
        challenges.redeem(text, "sign-in", "one", NOW)


def test_another_providers_is_refused(challenges: Challenges, clock: FakeClock) -> None:
    other = Challenges(MemoryStore(clock), "https://other.example", seconds=180)
    with pytest.raises(LicenceRefused, match="another provider"):
        challenges.redeem(other.issue("sign-in", "one", NOW).text, "sign-in", "one", NOW)


def test_a_later_end_cannot_be_written_into_it(challenges: Challenges) -> None:
    text = challenges.issue("sign-in", "one", NOW).text
    with pytest.raises(LicenceRefused, match="changed"):
        challenges.redeem(text.replace(b"T12:03", b"T13:03"), "sign-in", "one", NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text + b"\n",
        lambda text: text + b"extra: 1\n",
        lambda text: text.replace(b"/1", b"/2"),
        lambda text: text.replace(b"T12", b"T25"),
        lambda text: text.rstrip(),
        lambda text: text + b" " * BYTES_AT_MOST,
        lambda text: text[:0],
        lambda text: text.replace(b"sign-in", "签".encode()),
    ],
)
def test_a_challenge_has_one_text(challenges: Challenges, change: object) -> None:
    text = challenges.issue("sign-in", "one", NOW).text
    with pytest.raises(LicenceRefused) as refused:
        challenges.redeem(change(text), "sign-in", "one", NOW)  # type: ignore[operator]
    assert refused.value.rule is Rule.CHALLENGE


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(text: bytes) -> None:
    with pytest.raises(LicenceRefused):
        read_challenge(text)


@pytest.mark.parametrize("purpose", ["", "Sign", "sign in", "a\nissuer: b"])
def test_a_purpose_is_a_word(challenges: Challenges, purpose: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        challenges.issue(purpose, "one", NOW)
