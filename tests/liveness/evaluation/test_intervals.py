import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from liveness.evaluation.intervals import area_interval, clopper_pearson

counted = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("errors", "total", "low", "high"),
    [
        (0, 300, 0.0, 0.012221),  # the rule of three, exactly: 1 - .025 ** (1 / 300)
        (1, 100, 0.000253, 0.054459),
        (10, 100, 0.049005, 0.176223),
        (5, 5, 0.478176, 1.0),
    ],
)
def test_known_intervals(errors: int, total: int, low: float, high: float):
    assert clopper_pearson(errors, total) == pytest.approx((low, high), abs=2e-6)


@given(counted)
def test_the_bounds_are_those_of_the_binomial_distribution(count: tuple[int, int]):
    errors, total = count
    low, high = clopper_pearson(errors, total)
    assert 0 <= low <= errors / total <= high <= 1
    if errors:
        assert stats.binom.sf(errors - 1, total, low) == pytest.approx(0.025, rel=1e-6)
    if errors < total:
        assert stats.binom.cdf(errors, total, high) == pytest.approx(0.025, rel=1e-6)


@given(counted, st.integers(2, 20))
def test_more_samples_tell_more(count: tuple[int, int], times: int):
    errors, total = count
    few, many = clopper_pearson(errors, total), clopper_pearson(errors * times, total * times)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(("errors", "total"), [(1, 0), (0, 0), (-1, 5), (6, 5)])
def test_what_was_not_counted_has_no_interval(errors: int, total: int):
    with pytest.raises(ValueError, match="no share"):
        clopper_pearson(errors, total)


@given(st.floats(0, 1), st.integers(1, 2_000), st.integers(1, 2_000))
def test_an_area_lies_in_its_interval(area: float, live: int, attacks: int):
    low, high = area_interval(area, live, attacks)
    assert 0 <= low <= area <= high <= 1
    mirrored = area_interval(1 - area, live, attacks)
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((low, high), abs=1e-6)


def test_a_perfect_separation_of_few_is_no_certainty():
    assert area_interval(1.0, 5, 5).low < 0.8
    assert area_interval(1.0, 500, 500).low > 0.99


def test_an_area_interval_solves_the_paper_s_equation():
    """(A - t)^2 = z^2 V(t), with V after Hanley and McNeil."""
    low, high = area_interval(0.9, 100, 100)
    for bound in (low, high):
        spread = 1 + 99 * ((1 - bound) / (2 - bound) + bound / (1 + bound))
        assert (0.9 - bound) ** 2 == pytest.approx(
            1.959964**2 * bound * (1 - bound) * spread / 10_000, rel=1e-5
        )
