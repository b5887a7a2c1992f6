"""What is said where Chromium, or a page in it, ends in the middle of a check."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Error

from clients.checker import Answer, NotReached
from clients.checker.chromium.bench import ScriptBench
from clients.checker.local import LocalProvider
from clients.checker.starting import NotStarted
from tests.clients.checker.hands import APPLICATION, ISSUER

SECRET = "http://app.test/callback?code=secret"


@dataclass
class Chromium:
    """As far as it is asked here."""

    runs: bool

    def is_connected(self) -> bool:
        return self.runs


def bench(chromium: Chromium) -> ScriptBench:
    def nobody(_sent: object) -> Answer:
        raise NotReached("nobody")

    return ScriptBench(
        APPLICATION,
        LocalProvider(ISSUER, nobody, lambda: 0.0),
        nobody,
        lambda _seconds: None,
        1.0,
        lambda: None,
        chromium=chromium,  # type: ignore[arg-type]
    )


def test_a_page_that_has_crashed_is_not_reached_and_its_address_is_not_told() -> None:
    with pytest.raises(NotReached) as found, bench(Chromium(runs=True)).guarding():
        raise Error(f"Page.content: Target crashed at {SECRET}")
    assert "secret" not in str(found.value)
    assert found.value.__suppress_context__


def test_without_chromium_nothing_is_judged() -> None:
    with pytest.raises(NotStarted, match="ended in the middle"), bench(Chromium(runs=False)).guarding():
        raise Error("Target page, context or browser has been closed")
