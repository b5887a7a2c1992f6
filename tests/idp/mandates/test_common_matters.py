"""What is left of matters from rung to rung."""

import pytest

from idp.mandates.standing import common_matters


@pytest.mark.parametrize(
    ("rungs", "common"),
    [
        ([[], []], ()),
        ([["a", "b"], []], ("a", "b")),
        ([[], ["a", "b"]], ("a", "b")),
        ([["b", "a"], ["a", "b", "c"], []], ("b", "a")),
        ([["a", "b"], ["b"], ["a"]], None),
        ([["a"], ["b"], []], None),
    ],
)
def test_matters_of_a_ladder(rungs: list[list[str]], common: tuple[str, ...] | None) -> None:
    assert common_matters(rungs) == common
