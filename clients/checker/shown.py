"""The report for somebody at a terminal."""

from collections.abc import Iterator

from .findings import Verdict
from .report import Report, Result
from .words import group, word, words

MARKS = {Verdict.PASSED: "ok  ", Verdict.FAILED: "FAIL", Verdict.ADVISED: "note", Verdict.NOT_TRIED: "-   "}


def line(result: Result, language: str = "en") -> str:
    """As it is found."""
    return f"  {MARKS[result.verdict]}  {words(result, language).title}"


def summary(report: Report, language: str = "en") -> str:
    """What did not pass, with reasons and how to mend it; then the count."""
    return "\n".join([*_explained(report, language), "", _counted(report, language)])


def _explained(report: Report, language: str) -> Iterator[str]:
    for result in report.results:
        if result.verdict is Verdict.PASSED:
            continue
        told = words(result, language)
        reason = f"{told.reason} ({result.detail})" if result.detail else told.reason
        if result.verdict is Verdict.NOT_TRIED:
            yield f"\n{told.verdict}: {result.check}\n  {reason}"
            continue
        yield f"\n{told.verdict}: {result.check}: {told.title}"
        yield f"  {word('why', language)}: {reason}"
        yield f"  {word('mend', language)}: {told.mend}"
        yield f"  {word('where', language)}: {group(result.group, language)}; {result.source}"


def _counted(report: Report, language: str) -> str:
    passed, tried = report.counted
    return word("passed_of", language).format(passed=passed, tried=tried)
