"""The report as JUnit's XML, which every CI shows. An advice is a passed case with words in `system-out`."""

from xml.etree.ElementTree import Element, SubElement, tostring

from .findings import Verdict
from .report import Report, Result
from .words import words


def as_junit(report: Report, language: str = "en") -> str:
    suite = Element(
        "testsuite",
        name="yitong-check",
        tests=str(len(report.results)),
        failures=str(len(report.of(Verdict.FAILED))),
        errors="0",
        skipped=str(len(report.of(Verdict.NOT_TRIED))),
        time=f"{report.seconds:.3f}",
        timestamp=report.begun_at.isoformat(timespec="seconds"),
    )
    for result in report.results:
        _case(suite, result, language)
    top = Element("testsuites")
    top.append(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(top, encoding="unicode") + "\n"


def _case(suite: Element, result: Result, language: str) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=f"yitong.{result.group}",
        name=result.check,
        time=f"{result.milliseconds / 1000:.3f}",
    )
    told = words(result, language)
    said = f"{told.reason} {result.detail}".strip()
    match result.verdict:
        case Verdict.FAILED:
            failure = SubElement(case, "failure", message=_printable(said))
            failure.text = _printable(f"{told.title}\n{told.mend}\n{result.source}")
        case Verdict.NOT_TRIED:
            SubElement(case, "skipped", message=_printable(said))
        case Verdict.ADVISED:
            SubElement(case, "system-out").text = _printable(f"{told.verdict}: {said}\n{told.mend}")


def _printable(text: str) -> str:
    """XML has no words for most control characters (section 2.2), and a cookie's name may hold one."""
    return "".join(one for one in text if one.isprintable() or one == "\n")
