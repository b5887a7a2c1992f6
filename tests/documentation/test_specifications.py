"""The page of specifications names those whose rules tests hold, and leaves none out that concerns an app."""

import re
from typing import Final

import pytest

from idp.documentation.opening import DOCS

RFC = re.compile(r"RFC (\d+)")
OURS_ALONE: Final = {
    "4055": "certificates of licences",
    "4226": "the second factor of staff",
    "5280": "certificates of licences",
    "5424": "the log, sent on",
    "5425": "the log, sent on",
    "6238": "the second factor of staff",
    "6960": "certificates of licences",
    "8446": "USB keys",
    "9162": "proofs of the log",
}
"""What no app meets."""


def _rules() -> set[str]:
    """The numbers in the first column of `docs/conformance.md`."""
    lines = (DOCS / "conformance.md").read_text("utf-8").splitlines()
    return {number for line in lines if line.startswith("| ") for number in RFC.findall(line.split("|")[1])}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_page_names_what_is_held_and_nothing_else(language: str) -> None:
    page = (DOCS / "site" / language / "reference" / "specifications.md").read_text("utf-8")
    named, held = set(RFC.findall(page)), _rules()
    assert held - named == set(OURS_ALONE)
    assert named - held <= {"7515", "8252"}, "those that rows of others mean: JWS, and loopback addresses"
