"""What a page is shown of the counts: the time, the time before, and what both have as a whole."""

from datetime import UTC, datetime, timedelta

import pytest

from idp.audit.statistics.counting import MOST, OTHER, Kind
from idp.audit.statistics.reading import RANGES, busiest_clients, overview
from tests.idp.audit.statistics.conftest import NOW, CountedLog, signed_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS_OF_MONTH, DAYS_OF_WEEK = 30, 7


@pytest.mark.parametrize(("name", "width"), [("24h", HOUR), ("7d", 6 * HOUR), ("30d", DAY)])
def test_buckets_follow_each_other_up_to_now(counted: CountedLog, name: str, width: timedelta) -> None:
    found = overview(counted.engine, RANGES[name], NOW)
    assert {later - earlier for earlier, later in zip(found.begins, found.begins[1:], strict=False)} == {
        width
    }
    assert found.begins[-1] <= NOW < found.begins[-1] + width
    assert found.now.series(Kind.LEVEL) == [0] * len(found.begins)
    assert found.counted_to is None


def test_the_hour_that_has_begun_is_shown_and_not_compared(counted: CountedLog) -> None:
    week = 7 * DAY
    counted.write(
        signed_in(NOW),
        signed_in(NOW - HOUR),
        signed_in(NOW - HOUR),
        signed_in(NOW - week),
        signed_in(NOW - week - HOUR, 3),
        signed_in(NOW - 23 * HOUR),
        signed_in(NOW - 24 * HOUR),  # before the first of the hours
        signed_in(NOW - 24 * HOUR - week),
    )
    counted.count()
    found = overview(counted.engine, RANGES["24h"], NOW)
    assert found.now.series(Kind.LEVEL)[-2:] == [2, 1]
    assert (found.now.total(Kind.LEVEL), found.now.whole(Kind.LEVEL)) == (4, 3)
    assert (found.before.total(Kind.LEVEL), found.before.whole(Kind.LEVEL)) == (2, 1)
    assert found.before.values(Kind.LEVEL) == ["2", "3"]
    assert found.now.series(Kind.LEVEL, "4") == [0] * 24


def test_thirty_days_are_days_of_china_compared_with_the_same_weekdays(counted: CountedLog) -> None:
    midnight = datetime(2026, 11, 21, 16, tzinfo=UTC)
    first = midnight - 29 * DAY
    counted.write(
        signed_in(midnight),
        signed_in(midnight - timedelta(seconds=1)),
        signed_in(first),
        signed_in(first - timedelta(seconds=1)),
        signed_in(first - 35 * DAY),
        signed_in(midnight - 35 * DAY),  # of the day that has begun: not compared
    )
    counted.count()
    found = overview(counted.engine, RANGES["30d"], NOW)
    series = found.now.series(Kind.LEVEL)
    assert (len(series), series[0], series[-2:]) == (DAYS_OF_MONTH, 1, [1, 1])
    assert found.now.whole(Kind.LEVEL) == 2
    assert found.before.whole(Kind.LEVEL) == 1
    assert found.range.back % (24 * DAYS_OF_WEEK) == 0


def test_all_others_stand_at_the_end(counted: CountedLog) -> None:
    most = MOST[Kind.GATE]
    counted.write(*((NOW, "face_refused", {"reason": f"gate{number}"}) for number in range(most)))
    counted.write(*[(NOW, "face_refused", {"reason": "beyond"})] * 50)
    counted.count()
    values = overview(counted.engine, RANGES["24h"], NOW).now.values(Kind.GATE)
    assert (len(values), values[-1]) == (most + 1, OTHER)


@pytest.mark.parametrize("name", RANGES)
def test_the_busiest_clients_come_first_then_those_that_fail_most(counted: CountedLog, name: str) -> None:
    for number in range(6):
        counted.write(*[(NOW - HOUR, "code_issued", {"client_id": f"c{number}"})] * (10 - number))
    counted.write(*[(NOW, "token_refused", {"client_id": "broken"})] * 30)
    counted.write((NOW, "token_issued", {"client_id": "c0"}))
    counted.count()
    found = busiest_clients(counted.engine, RANGES[name], NOW, 4)
    assert [one.client_id for one in found] == ["c0", "c1", "c2", "c3", "broken"]
    assert (found[0].sign_ins, found[0].failures, found[0].tokens) == (10, 0, 1)
    assert (found[-1].sign_ins, found[-1].failures) == (0, 30)
