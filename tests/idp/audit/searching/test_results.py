"""Every event of the catalogue has one of the three words, and the well-known ones have the right one."""

import pytest

from idp.audit.events import CATALOGUE
from idp.audit.searching.results import RESULTS, Result, names_of, result_of


def test_every_event_has_a_result() -> None:
    assert CATALOGUE.keys() == RESULTS.keys()
    assert sorted(RESULTS) == sorted(name for result in Result for name in names_of(result))


def test_what_says_so_in_its_name_was_refused() -> None:
    for name in CATALOGUE:
        if name.endswith(("_refused", "_failed", "_denied", "_delayed", "_cloned", "_replayed")):
            assert result_of(name) is Result.REFUSED, name


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("signed_in", Result.SUCCEEDED),
        ("token_issued", Result.SUCCEEDED),
        ("face_checked", Result.SUCCEEDED),
        ("face_refused", Result.REFUSED),
        ("sign_in_delayed", Result.REFUSED),
        ("signed_out", Result.NEUTRAL),
        ("process_started", Result.NEUTRAL),
        ("of_a_later_version", Result.NEUTRAL),
    ],
)
def test_how_it_went(name: str, result: Result) -> None:
    assert result_of(name) is result
