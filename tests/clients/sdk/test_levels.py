"""What an `acr` is worth, and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.sdk import ACR, LevelTooLow, level_after, require_level, stated_level


@pytest.mark.parametrize("level", ACR)
def test_the_providers_names_are_read(level: int) -> None:
    assert stated_level({"acr": f"urn:yitong:acr:{level}"}) == level


@pytest.mark.parametrize(
    "acr", ["", "3", "urn:yitong:acr:5", "urn:yitong:acr:", "URN:YITONG:ACR:3", None, ["x"], 3]
)
def test_anything_else_is_no_level(acr: object) -> None:
    assert stated_level({"acr": acr}) == 0
    assert stated_level({}) == 0


@given(level=st.sampled_from([3, 4]), age=st.integers(0, 900), later=st.integers(0, 2000))
def test_presence_counts_fifteen_minutes_from_its_proof(level: int, age: int, later: int) -> None:
    claims = {"acr": ACR[level], "iat": 5000, "auth_time": 5000 - age}
    assert level_after(claims, later) == (level if age + later <= 900 else 2)


@given(level=st.sampled_from([1, 2]), later=st.integers(0, 10**6))
def test_lower_levels_last_as_long_as_the_visit(level: int, later: int) -> None:
    assert level_after({"acr": ACR[level], "iat": 5000, "auth_time": 0}, later) == level


@pytest.mark.parametrize("missing", ["iat", "auth_time"])
def test_presence_without_its_time_counts_as_verified(missing: str) -> None:
    claims = {"acr": ACR[3], "iat": 5000, "auth_time": 5000}
    del claims[missing]
    assert level_after(claims, 0) == 2


def test_a_portal_may_want_presence_fresher() -> None:
    claims = {"acr": ACR[3], "iat": 5000, "auth_time": 4900}
    assert level_after(claims, 20, presence_seconds=120) == 3
    assert level_after(claims, 21, presence_seconds=120) == 2


def test_too_low_says_what_is_held_and_needed() -> None:
    require_level(3, 2)
    with pytest.raises(LevelTooLow) as caught:
        require_level(2, 3)
    assert (caught.value.held, caught.value.needed) == (2, 3)
