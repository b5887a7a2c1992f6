from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness import ManifestInvalid
from liveness.choosing import choose
from liveness.manifest import BUILT_IN
from liveness.matching import checked_far, threshold_at

rates = st.floats(1e-6, 0.5)


@given(st.dictionaries(rates, st.floats(0.01, 1), min_size=1))
def test_each_row_of_a_table_is_found_again(table: dict[float, float]):
    cosines = sorted(table.values(), reverse=True)
    rows = dict(zip(sorted(table), cosines, strict=True))
    checked = checked_far("own", {repr(rate): cosine for rate, cosine in rows.items()})
    assert {rate: threshold_at(rate, checked, "own") for rate in rows} == rows


def test_a_rate_without_a_figure_is_refused_with_those_that_there_are():
    with pytest.raises(ManifestInvalid, match=r"0\.0001; figures in \[far\.sface\]: 0\.001, 0\.01"):
        threshold_at(0.0001, {0.001: 0.4, 0.01: 0.3}, "sface")
    with pytest.raises(ManifestInvalid, match=r"figures in .*: none"):
        threshold_at(0.001, {}, "fr_feature")


@given(st.text(max_size=8))
def test_no_key_but_a_rate_is_taken(key: str):
    try:
        (rate,) = checked_far("own", {key: 0.5})
    except ManifestInvalid:
        return
    assert 0 < rate < 1


def test_the_built_in_networks_are_matched_at_one_in_a_thousand():
    choice = choose(Path("models"))
    assert [m.name for m in choice.models if m.role == "embedding"] == ["sface"]
    assert (choice.thresholds.match, choice.thresholds.same_face) == (0.40, 0.30)
    assert choose(Path("models"), manifest=BUILT_IN, match_network="sface") == choice
