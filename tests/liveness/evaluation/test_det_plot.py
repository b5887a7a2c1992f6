import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness.evaluation.det_plot import Line, draw, place
from liveness.evaluation.metrics import at_threshold, tradeoff

rate = st.floats(0, 1)


def line(name: str, gap: float) -> Line:
    random = np.random.default_rng(7)
    live, attacks = random.normal(gap, 1, 300), random.normal(0, 1, 200)
    return Line(name, tradeoff(live, attacks), at_threshold(live, attacks, gap / 2))


def picture(data: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


@given(rate, rate, rate, rate)
def test_more_errors_lie_further_right_and_further_up(a: float, b: float, c: float, d: float):
    (x, y), (other_x, other_y) = place(a, b), place(c, d)
    assert (other_x >= x) or c < a
    assert (other_y <= y) or d < b
    assert all(np.isfinite(value) for value in (x, y))


def test_the_axes_are_normal_deviates():
    # The deviates of 2.275 % and 15.866 % are -2 and -1, that of 50 % is 0: evenly spaced.
    columns = [place(share, 0.1)[0] for share in (0.0227501, 0.1586553, 0.5)]
    assert columns[1] - columns[0] == pytest.approx(columns[2] - columns[1], abs=1e-3)


def test_a_curve_is_drawn_in_its_colour_where_its_errors_are():
    drawn = line("print", 2.0)
    image = picture(draw("title", [drawn]))
    blue = (178, 114, 0)
    x, y = place(drawn.in_use.apcer, drawn.in_use.bpcer)
    assert tuple(image[round(y), round(x)]) == blue
    empty = picture(draw("title", []))
    assert not (empty == blue).all(axis=2).any()


def test_a_better_detector_lies_nearer_to_the_origin():
    def left_most(gap: float) -> int:
        image = picture(draw("", [line("", gap)]))[:860]  # without the legend
        _, columns = np.nonzero((image == (178, 114, 0)).all(axis=2))
        row_of_tenth = round(place(0.1, 0.1)[1])
        return int(columns[np.nonzero((image == (178, 114, 0)).all(axis=2))[0] == row_of_tenth].min())

    assert left_most(3.0) < left_most(1.0)


def test_the_same_curves_give_the_same_bytes():
    curves = [line("print", 1.0), line("replay" * 20, 2.0)]
    assert draw("title", curves) == draw("title", curves)
    assert draw("title", curves) != draw("other", curves)


def test_more_kinds_than_colours_can_be_drawn():
    assert draw("many", [line(f"kind {n}", n / 4) for n in range(12)])
