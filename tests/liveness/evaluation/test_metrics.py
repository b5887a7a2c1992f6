import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness.evaluation.intervals import area_interval
from liveness.evaluation.metrics import area, at_apcer, at_threshold, equal_error, tradeoff

# Few different values, so that ties are common; and floats as close as floats can be.
score = st.one_of(
    st.sampled_from([0.0, 0.1, 0.5, math.nextafter(0.5, 1), 0.9, 1.0]), st.floats(0, 1, allow_subnormal=True)
)
scores = st.lists(score, min_size=1, max_size=40)

LIVE = [0.9, 0.8, 0.7, 0.6, 0.3]
ATTACKS = [0.1, 0.2, 0.4, 0.65]


def test_an_example_by_hand():
    """Sorted: a.1 a.2 l.3 a.4 l.6 a.65 l.7 l.8 l.9; half-way thresholds between them.

    At .5: one of four attacks (.65) above, one of five live (.3) below. At .35: two attacks above,
    one live below. At .625: one attack above, two live below.
    """
    curve = tradeoff(LIVE, ATTACKS)
    assert curve.thresholds.tolist() == pytest.approx(
        [0.1, 0.15, 0.25, 0.35, 0.5, 0.625, 0.675, 0.75, 0.85, 0.9]
    )
    assert curve.attacks_accepted.tolist() == [4, 3, 2, 2, 1, 1, 0, 0, 0, 0]
    assert curve.live_refused.tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 4, 5]
    point = equal_error(curve)
    assert point.threshold == pytest.approx(0.5)
    assert (point.apcer, point.bpcer) == (0.25, 0.2)
    assert point.mean_error == pytest.approx(0.225)
    assert at_apcer(curve, 0.25).bpcer == 0.2
    assert at_apcer(curve, 0.10).bpcer == 0.4
    assert at_apcer(curve, 0.5).threshold == pytest.approx(0.25)
    # Attacks below each live score: .3 -> 2, .6 -> 3, .7 .8 .9 -> 4 each: 17 of 20 pairs.
    assert area(LIVE, ATTACKS) == pytest.approx(17 / 20)


def test_a_score_at_the_threshold_is_live():
    point = at_threshold([0.5, 0.4], [0.5, 0.4], 0.5)
    assert (point.live_refused, point.attacks_accepted) == (1, 1)


def test_a_clean_separation_has_its_threshold_in_the_middle_of_the_gap():
    point = equal_error(tradeoff([0.8, 0.9], [0.1, 0.2]))
    assert (point.threshold, point.mean_error) == (0.5, 0.0)


def test_of_two_equally_good_thresholds_the_stricter_is_taken():
    # At .45 no live and one of two attacks; at .55 one of two live and no attack... both differ by a half.
    point = equal_error(tradeoff([0.5, 0.6], [0.4, 0.5]))
    assert point.threshold == pytest.approx(0.55)
    assert (point.apcer, point.bpcer) == (0.0, 0.5)


@given(scores, scores)
def test_errors_move_against_each_other(live: list[float], attacks: list[float]):
    curve = tradeoff(live, attacks)
    assert (np.diff(curve.thresholds) > 0).all()
    assert (np.diff(curve.attacks_accepted) <= 0).all()
    assert (np.diff(curve.live_refused) >= 0).all()
    first, last = curve[0], curve[len(curve.thresholds) - 1]
    assert (first.apcer, first.bpcer, last.apcer, last.bpcer) == (1, 0, 0, 1)
    # Every threshold makes a difference, or it would not stand there.
    assert (np.diff(curve.attacks_accepted) - np.diff(curve.live_refused) < 0).all()


@given(scores, scores)
def test_each_point_of_the_curve_is_what_counting_gives(live: list[float], attacks: list[float]):
    curve = tradeoff(live, attacks)
    for index, threshold in enumerate(curve.thresholds):
        counted = at_threshold(live, attacks, float(threshold))
        assert curve[index] == counted


@given(scores, scores)
def test_equal_error_is_where_the_errors_cross(live: list[float], attacks: list[float]):
    curve = tradeoff(live, attacks)
    point = equal_error(curve)
    assert min(point.apcer, point.bpcer) <= point.mean_error <= max(point.apcer, point.bpcer)
    low, high = point.mean_error_interval
    assert low <= point.mean_error <= high
    gap = abs(Fraction(point.attacks_accepted, point.attacks) - Fraction(point.live_refused, point.live))
    for other in (curve[index] for index in range(len(curve.thresholds))):
        assert gap <= abs(
            Fraction(other.attacks_accepted, other.attacks) - Fraction(other.live_refused, other.live)
        )


@given(scores, scores, st.floats(0, 1))
def test_the_most_lenient_threshold_under_a_bound(live: list[float], attacks: list[float], most: float):
    curve = tradeoff(live, attacks)
    point = at_apcer(curve, most)
    assert point.apcer <= most + 1e-9
    better = [curve[i] for i in range(len(curve.thresholds)) if curve.live_refused[i] < point.live_refused]
    assert all(other.apcer > most for other in better)


@given(scores, scores)
def test_area_is_the_share_of_pairs_in_order(live: list[float], attacks: list[float]):
    pairs = [(a > b) + (a == b) / 2 for a in live for b in attacks]
    assert area(live, attacks) == pytest.approx(sum(pairs) / len(pairs))
    assert area(attacks, live) == pytest.approx(1 - area(live, attacks))


@given(scores, scores)
def test_area_is_the_area_under_the_curve(live: list[float], attacks: list[float]):
    curve = tradeoff(live, attacks)
    apcer, hits = curve.attacks_accepted / curve.attacks, 1 - curve.live_refused / curve.live
    trapezoids = -(np.diff(apcer) * (hits[1:] + hits[:-1]) / 2).sum()
    assert area(live, attacks) == pytest.approx(trapezoids)


@given(scores, scores)
def test_only_the_order_of_scores_counts(live: list[float], attacks: list[float]):
    everything = sorted({*live, *attacks})
    place = {value: float(index) for index, value in enumerate(everything)}
    plain, moved = tradeoff(live, attacks), tradeoff([place[x] for x in live], [place[x] for x in attacks])
    assert plain.attacks_accepted.tolist() == moved.attacks_accepted.tolist()
    assert plain.live_refused.tolist() == moved.live_refused.tolist()


@pytest.mark.parametrize(
    ("live", "attacks"), [([], [0.1]), ([0.1], []), ([math.nan], [0.1]), ([0.1], [math.inf])]
)
def test_what_is_no_score_is_refused(live: list[float], attacks: list[float]):
    with pytest.raises(ValueError, match="finite"):
        tradeoff(live, attacks)


@pytest.mark.parametrize(("gap", "live", "attacks"), [(1.0, 100, 100), (2.3, 100, 300)])
def test_intervals_hold_the_truth_as_often_as_they_say(gap: float, live: int, attacks: int):
    """Two normal distributions, of which area and equal error rate are known; 300 draws, three errors of
    the share below 95 % allowed."""
    random = np.random.default_rng(20260301)
    true_area, true_error = NormalDist().cdf(gap / math.sqrt(2)), NormalDist().cdf(-gap / 2)
    areas = errors = 0
    for _ in range(300):
        people, fakes = random.normal(gap, 1, live), random.normal(0, 1, attacks)
        low, high = area_interval(area(people, fakes), live, attacks)
        areas += low <= true_area <= high
        low, high = equal_error(tradeoff(people, fakes)).mean_error_interval
        errors += low <= true_error <= high
    least = 300 * 0.95 - 3 * math.sqrt(300 * 0.95 * 0.05)
    assert areas >= least
    assert errors >= least
