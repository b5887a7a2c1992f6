"""How the checker starts Chromium on somebody's machine."""

from typing import Any, cast

import pytest
from playwright.sync_api import BrowserType, Error

from clients.checker.chromium.launching import UNBOXED, started


class Launches:
    """A Chromium that fails to start as it is told to, in turn."""

    def __init__(self, *problems: str) -> None:
        self.problems = [*problems]
        self.asked: list[dict[str, Any]] = []

    def launch(self, **asked: Any) -> str:
        self.asked.append(asked)
        if self.problems:
            raise Error(self.problems.pop(0))
        return "a browser"

    def begin(self, *, is_root: bool) -> str:
        return str(started(cast("BrowserType", self), "", is_root=is_root))

    @property
    def boxed(self) -> list[bool]:
        return [bool(one["chromium_sandbox"]) for one in self.asked]


def test_attack_a_script_of_the_page_leaves_a_browser_without_a_sandbox(
    capsys: pytest.CaptureFixture[str],
) -> None:
    chromium = Launches()
    assert chromium.begin(is_root=False) == "a browser"
    assert chromium.boxed == [True]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("is_root", "problems", "boxed"),
    [
        (True, (), [False]),
        (False, ("No usable sandbox! If you are running on Ubuntu 23.10+",), [True, False]),
    ],
)
def test_where_the_system_has_none_it_is_said(
    capsys: pytest.CaptureFixture[str], is_root: bool, problems: tuple[str, ...], boxed: list[bool]
) -> None:
    chromium = Launches(*problems)
    assert chromium.begin(is_root=is_root) == "a browser"
    assert chromium.boxed == boxed
    assert capsys.readouterr().err.strip() == UNBOXED


def test_what_does_not_start_for_another_reason_is_not_tried_without() -> None:
    chromium = Launches("Executable doesn't exist")
    with pytest.raises(Error):
        chromium.begin(is_root=False)
    assert chromium.boxed == [True]
