import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness.calibration.rates import LEAST_EXPECTED, measured

IMPOSTOR = [i / 20_000 for i in range(10_000)]  # 0 to .49995, evenly
GENUINE = [0.4 + i / 2_000 for i in range(1_000)]


def test_thresholds_and_counts_of_known_pairs():
    rows = measured(GENUINE, IMPOSTOR)
    assert [(row.far, row.threshold, row.false_accepts) for row in rows] == [
        (0.1, 0.45, 1_000),
        (0.01, 0.495, 100),
        (0.001, 0.5, 0),  # three digits: the next threshold that keeps the promise
    ]
    assert [row.false_rejects for row in rows] == [100, 190, 200]
    assert rows[1].far_interval == pytest.approx((0.00814, 0.01215), abs=1e-4)
    assert rows[1].frr_interval == pytest.approx((0.1662, 0.2157), abs=1e-3)


@pytest.mark.parametrize(("impostors", "rates"), [(99, 0), (100, 1), (999, 1), (1_000, 2), (10_000, 3)])
def test_a_rate_is_told_from_ten_times_its_pairs_on(impostors: int, rates: int):
    assert len(measured(GENUINE, [i / impostors for i in range(impostors)])) == rates


def test_without_pairs_of_one_person_nothing_is_said_of_them():
    assert all(row.frr_interval is None for row in measured([], IMPOSTOR))


@given(st.lists(st.floats(-1, 1), min_size=100, max_size=300), st.lists(st.floats(-1, 1), max_size=50))
def test_no_more_strangers_pass_than_stated_and_a_step_less_would_let_them(
    impostor: list[float], genuine: list[float]
):
    for row in measured(genuine, impostor):
        passing = sum(cosine >= row.threshold for cosine in impostor)
        assert passing == row.false_accepts <= row.far * len(impostor) + 1e-9
        less = row.threshold - 0.002
        assert sum(cosine >= less for cosine in impostor) > row.far * len(impostor) - 1
        assert row.false_rejects == sum(cosine < row.threshold for cosine in genuine)
        assert row.far * len(impostor) >= LEAST_EXPECTED - 1e-9
