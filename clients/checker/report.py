"""What a run found, and how it is written down as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .findings import Verdict

VERSION = 1
RESULTS_AT_MOST = 200
TEXT_AT_MOST = 300
YEARS = range(2020, 2200)


@dataclass(frozen=True)
class Result:
    check: str
    group: str
    verdict: Verdict
    reason: str
    detail: str
    expected: str
    source: str
    milliseconds: int


@dataclass(frozen=True)
class Report:
    issuer: str
    application: str
    """The origin of its sign-in."""
    begun_at: datetime
    seconds: float
    results: tuple[Result, ...]
    checker: str
    """The version that judged."""

    def of(self, verdict: Verdict) -> tuple[Result, ...]:
        return tuple(one for one in self.results if one.verdict is verdict)

    @property
    def has_passed(self) -> bool:
        """No check failed, and at least one was tried."""
        return not self.of(Verdict.FAILED) and bool(self.of(Verdict.PASSED))

    @property
    def counted(self) -> tuple[int, int]:
        """How many passed, of how many that were tried. An advice is no failure, and is counted as tried."""
        tried = [one for one in self.results if one.verdict is not Verdict.NOT_TRIED]
        return len(self.of(Verdict.PASSED)), len(tried)

    def as_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "checker": self.checker,
            "issuer": self.issuer,
            "application": self.application,
            "begun_at": self.begun_at.astimezone(UTC).isoformat(timespec="seconds"),
            "seconds": round(self.seconds, 2),
            "passed": self.has_passed,
            "summary": {verdict.value: len(self.of(verdict)) for verdict in Verdict},
            "checks": [{**vars(one), "verdict": one.verdict.value} for one in self.results],
        }


def read(told: Any) -> Report:
    """What `as_json` gave, from somebody who may have written it by hand. Raises ValueError."""
    try:
        if told["version"] != VERSION or len(told["checks"]) > RESULTS_AT_MOST:
            raise ValueError("not a report of this version")
        begun_at = _moment(told["begun_at"])
        results = tuple(_results(told["checks"]))
        if len({one.check for one in results}) != len(results):
            raise ValueError("a check stands there twice")
        return Report(
            _text(told["issuer"]),
            _text(told["application"]),
            begun_at,
            float(_number(told["seconds"])),
            results,
            _text(told["checker"]),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as wrong:
        raise ValueError(f"not a report: {type(wrong).__name__}") from None


def _moment(value: object) -> datetime:
    """In UTC. What is near the ends of the calendar cannot be shown in another zone."""
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None or found.year not in YEARS:
        raise ValueError("begun_at is no moment of ours")
    return found.astimezone(UTC)


def _results(told: list[dict[str, Any]]) -> Iterator[Result]:
    for one in told:
        texts = {
            name: _text(one[name]) for name in ("check", "group", "reason", "detail", "expected", "source")
        }
        yield Result(
            verdict=Verdict(_text(one["verdict"])), milliseconds=int(_number(one["milliseconds"])), **texts
        )


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > TEXT_AT_MOST or not value.isprintable():
        raise ValueError("not a short text")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise ValueError("not a number")
    return value
