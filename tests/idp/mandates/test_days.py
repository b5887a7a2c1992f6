"""Days in China, the last one included."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from idp.mandates.days import Days, end_of, last_day

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_that_was_chosen_is_the_last_one(day: date) -> None:
    assert last_day(end_of(day)) == day
    assert last_day(end_of(day) - timedelta(seconds=1)) == day
    assert last_day(end_of(day) + timedelta(seconds=1)) == day + timedelta(days=1)


@given(MOMENTS, st.integers(1, 4000))
def test_whatever_may_be_chosen_ends_later_and_not_too_late(now: datetime, longest: int) -> None:
    days = Days.from_now(now, longest)
    assert days.first <= days.usual <= days.last
    assert now < end_of(days.first)
    assert end_of(days.last) <= now + timedelta(days=longest)
    assert end_of(days.last + timedelta(days=1)) > now + timedelta(days=longest)


def test_what_it_rests_on_ends_sooner() -> None:
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert Days.from_now(now, 1000, ends=end_of(date(2026, 12, 1))).last == date(2026, 12, 1)
