"""A check is data; what it finds is a verdict with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .bench import Bench


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    ADVISED = "advised"
    """It did not what a specification only recommends (SHOULD)."""
    NOT_TRIED = "not_tried"


class Group(StrEnum):
    SIGN_IN = "sign_in"
    ANSWER = "answer"
    ID_TOKEN = "id_token"  # noqa: S105
    SESSION = "session"
    LOGOUT = "logout"
    PROVIDER = "provider"


class Expected(StrEnum):
    """What a correct application does."""

    SIGNED_IN = "signed_in"
    NOBODY_SIGNED_IN = "nobody_signed_in"
    SIGNED_OUT = "signed_out"
    STILL_SIGNED_IN = "still_signed_in"
    A_PAGE = "a_page"
    KEPT_SECRET = "kept_secret"  # noqa: S105
    ASKED_SO = "asked_so"


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    reason: str
    """Of `texts/*.toml`."""
    detail: str = ""
    """A status, a cookie's name, a parameter: never a value that is secret."""


def passed(reason: str, detail: str = "") -> Finding:
    return Finding(Verdict.PASSED, reason, detail)


def failed(reason: str, detail: str = "") -> Finding:
    return Finding(Verdict.FAILED, reason, detail)


def advised(reason: str, detail: str = "") -> Finding:
    return Finding(Verdict.ADVISED, reason, detail)


def not_tried(reason: str, detail: str = "") -> Finding:
    return Finding(Verdict.NOT_TRIED, reason, detail)


@dataclass(frozen=True)
class Check:
    name: str
    """Stands in reports, so it never changes."""
    group: Group
    expected: Expected
    source: str
    """Specification and section."""
    does: Callable[[Bench], Finding]
    is_recommended: bool = False
    """A SHOULD: where it fails, that is an advice."""

    def run(self, bench: Bench) -> Finding:
        found = self.does(bench)
        if self.is_recommended and found.verdict is Verdict.FAILED:
            return advised(found.reason, found.detail)
        return found
