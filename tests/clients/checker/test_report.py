"""Reports: as JSON and back, as JUnit's XML, as a badge, in words."""

import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.checker import CHECKS, Answer, NotReached, Report, Result, Sent, Verdict, run
from clients.checker.badge import badge
from clients.checker.findings import Check, Expected, Finding, Group, failed
from clients.checker.junit import as_junit
from clients.checker.local import LocalProvider
from clients.checker.report import read
from clients.checker.shown import line, summary
from clients.checker.words import LANGUAGES, texts, words
from tests.clients.checker.broken_app import Fault
from tests.clients.checker.hands import APPLICATION, ISSUER, checked

AT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def result(name: str, verdict: Verdict, detail: str = "") -> Result:
    return Result(
        name, "answer", verdict, "signed_in_all_the_same", detail, "nobody_signed_in", "RFC 9207", 7
    )


REPORT = Report(
    "http://provider.test",
    "http://app.test:80",
    AT,
    1.5,
    (
        result("iss-wrong", Verdict.FAILED, "<403>"),
        result("iss-missing", Verdict.ADVISED),
        result("state-wrong", Verdict.PASSED),
        result("state-missing", Verdict.NOT_TRIED),
    ),
    "1.0.0",
)


def test_it_is_read_as_it_was_written() -> None:
    assert read(REPORT.as_json()) == REPORT
    assert REPORT.as_json()["summary"] == {"passed": 1, "failed": 1, "advised": 1, "not_tried": 1}
    assert (REPORT.counted, REPORT.has_passed) == ((1, 3), False)


def test_nothing_tried_is_nothing_passed() -> None:
    assert not replace(REPORT, results=()).has_passed
    assert not replace(REPORT, results=(result("iss-wrong", Verdict.NOT_TRIED),)).has_passed


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from(sorted(REPORT.as_json())), JSON)
def test_what_is_no_report_is_refused_and_never_more_than_that(field: str, value: object) -> None:
    with suppress(ValueError):
        read({**REPORT.as_json(), field: value})


@pytest.mark.parametrize("value", [None, 3, "report", [], {"version": 1}])
def test_what_is_nothing_like_it_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="report"):
        read(value)


def test_a_check_stands_there_once() -> None:
    twice = replace(REPORT, results=(*REPORT.results, REPORT.results[0]))
    with pytest.raises(ValueError, match="twice"):
        read(twice.as_json())


def test_junit_says_what_failed_and_what_was_not_tried() -> None:
    suite = ElementTree.fromstring(as_junit(REPORT)).find("testsuite")
    assert suite is not None
    counts = {name: suite.get(name) for name in ("tests", "failures", "skipped", "errors")}
    assert counts == {"tests": "4", "failures": "1", "skipped": "1", "errors": "0"}
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "Somebody was signed in all the same. <403>"
    assert "RFC 9207" in (failure.text or "")


def test_junit_is_xml_whatever_a_cookie_is_called() -> None:
    report = replace(REPORT, results=(result("session-cookie", Verdict.FAILED, "\x07\x1b\ud800"),))
    ElementTree.fromstring(as_junit(report))


def test_the_badge_is_a_picture_with_numbers_alone() -> None:
    drawn = badge(41, 42, date(2026, 5, 4), has_passed=False)
    found = ElementTree.fromstring(drawn)
    assert found.get("aria-label") == "Yitong check: 41/42 · 2026-05-04"
    assert not [one for one in found.iter() if one.tag.endswith(("script", "image", "use", "foreignObject"))]
    assert badge(42, 42, date(2026, 5, 4), has_passed=True) != drawn


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_has_words_in_each_language(language: str) -> None:
    told = texts(language)
    assert set(told["checks"]) == {check.name for check in CHECKS}
    assert all({"title", "mend"} == set(one) for one in told["checks"].values())
    assert set(told["groups"]) == set(Group)
    assert set(told["expected"]) == set(Expected)
    assert set(told["verdicts"]) == set(Verdict)
    assert set(told["reasons"]) == set(texts("en")["reasons"])
    assert set(told["words"]) == set(texts("en")["words"])


def test_whatever_is_found_has_words() -> None:
    known = texts("en")["reasons"]
    for faults in (
        (),
        *((fault,) for fault in (Fault.NO_PKCE, Fault.LOGOUT_IGNORED, Fault.EVERYTHING_REFUSED)),
    ):
        assert {one.reason for one in checked(*faults).results} <= set(known)


def test_a_name_of_another_version_stands_for_itself() -> None:
    assert words(replace(REPORT.results[0], check="of-tomorrow", reason="who-knows")).title == "of-tomorrow"


def test_the_terminal_reads_why_and_how_to_mend_it() -> None:
    shown = summary(REPORT)
    assert "Compare iss with the issuer's address" in shown
    assert shown.endswith("1 of 3 passed")
    assert "FAIL" in line(REPORT.results[0])
    assert summary(REPORT, "zh-CN").endswith("3 项中通过 1 项")


@pytest.mark.parametrize(
    "began",
    [
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31T23:59:59+00:00",
        "2026-05-04T03:02:01",
        "2026-W19",
    ],
)
def test_attack_a_report_of_a_time_that_no_clock_shows(began: str) -> None:
    """It would be kept, and break each page that shows it in another zone."""
    with pytest.raises(ValueError, match=r"begun_at|isoformat"):
        read({**REPORT.as_json(), "begun_at": began})


def test_attack_a_cookie_whose_name_makes_the_report_unreadable() -> None:
    """An application may call its cookies anything; its report is kept and read again all the same."""

    def found(_bench: object) -> Finding:
        return failed("cookie_is_weak", "a\x00b\xad\ud800\u202e" + "c" * 400)

    check = Check("session-cookie", Group.SESSION, Expected.KEPT_SECRET, "RFC 6265", found)
    report = run(APPLICATION, LocalProvider(ISSUER, nobody, time.time), nobody, checks=[check])
    assert report.results[0].detail.startswith("a?b???c")
    assert read(json.loads(json.dumps(report.as_json()))).results == report.results


def nobody(_sent: Sent) -> Answer:
    raise NotReached("nobody")
