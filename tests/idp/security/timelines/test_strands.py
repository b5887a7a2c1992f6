"""Timelines in days, and in sign-ins."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from idp.audit.recorded import Recorded
from idp.security.timelines.strands import Strand, days
from tests.idp.security.test_words import recorded

START = datetime(2026, 11, 22, 3, tzinfo=UTC)


def at(seconds: float, name: str = "signed_in", **more: Any) -> Recorded:
    fields = {key: more.pop(key) for key in ("grant_id",) if key in more}
    event = recorded(name, **fields)
    moment = START + timedelta(seconds=seconds)
    return replace(event, at=moment, place=(0, int(seconds * 10)), id=f"{name} {seconds}", **more)


def names(strand: Strand) -> list[str]:
    return [event.name for event in strand.events]


def test_a_sign_in_is_its_interaction_and_the_tokens_that_came_of_it_at_once() -> None:
    events = [
        at(0, "sign_in_refused", interaction_id="i", request_id="r1"),
        at(20, "signed_in", interaction_id="i", request_id="r2"),
        at(21, "code_issued", interaction_id="i", request_id="r2", grant_id="g"),
        at(22, "token_issued", request_id="r3", grant_id="g"),
        at(23, "claims_released", request_id="r4"),
        at(4000, "token_issued", request_id="r5", grant_id="g"),
    ]
    [day] = days(events[::-1])
    assert [names(strand) for strand in day.strands] == [
        ["token_issued"],
        ["claims_released"],
        ["sign_in_refused", "signed_in", "code_issued", "token_issued"],
    ]


def test_days_are_those_of_china() -> None:
    midnight = 13 * 3600
    found = days([at(midnight - 1, request_id="r1"), at(midnight, request_id="r2")])
    assert [one.day for one in found] == [date(2026, 11, 23), date(2026, 11, 22)]
    assert [one.day for one in days([], latest_first=False)] == []


def test_a_strand_says_level_factors_and_places() -> None:
    first = replace(recorded("signed_in", level=2, methods=["pwd"]), address="192.0.2.1")
    second = replace(recorded("stepped_up", level=3, methods=["face", "pwd"]), address="192.0.2.1")
    strand = Strand((first, second, recorded("sign_in_refused", method="sms")))
    assert (strand.level, strand.methods) == (3, ("pwd", "face", "sms"))
    assert strand.each("address") == ("192.0.2.1",)
    assert strand.each("device") == ()


@given(
    st.lists(
        st.tuples(
            st.floats(0, 200_000),
            st.sampled_from([None, "i1", "i2"]),
            st.sampled_from([None, "r1", "r2", "r3"]),
            st.sampled_from(["g1", "g2"]),
        ),
        max_size=30,
    ),
    st.booleans(),
)
def test_no_event_is_lost_or_doubled(
    drawn: list[tuple[float, str | None, str | None, str]], latest_first: bool
) -> None:
    events = [
        replace(at(seconds, interaction_id=interaction, request_id=request, grant_id=grant), id=str(number))
        for number, (seconds, interaction, request, grant) in enumerate(drawn)
    ]
    found = days(events, latest_first=latest_first)
    shown = [event.id for day in found for strand in day.strands for event in strand.events]
    assert sorted(shown) == sorted(event.id for event in events)
    assert [one.day for one in found] == sorted((one.day for one in found), reverse=latest_first)
