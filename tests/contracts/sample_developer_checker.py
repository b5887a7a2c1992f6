"""Pages of checks, in each of their states."""

from datetime import UTC, datetime
from typing import Any

from tests.contracts.sample_developer_usage import APP, SECTIONS

AT = datetime(2026, 5, 4, 3, 2, tzinfo=UTC)
PATH = "/developer/apps/a/checker"
APP_SECTIONS = [
    {"url": "/developer/apps/a", "words": "Overview", "current": False},
    {"url": PATH, "words": "Check my integration", "current": True},
]
LONG = "https://hall.example.gov.cn/" + "a-very-long-path-that-somebody-really-has/" * 6


def _run(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "url": f"{PATH}/runs/{number}",
        "at": AT,
        "by": "Run by us",
        "is_ours": True,
        "state": "done",
        "words": "Done",
        "is_under_way": False,
        "counted": "41 of 42 passed",
        "has_passed": False,
        **changes,
    }


def _page(**changes: Any) -> dict[str, Any]:
    return {
        "here": None,
        "sections": SECTIONS,
        "app_sections": APP_SECTIONS,
        "app": APP,
        "path": PATH,
        "typed": {"sign_in_url": LONG, "page_url": LONG, "marker": "Sign out"},
        "wrong": {},
        "origins": ("https://hall.example.gov.cn:443",),
        "hears_of_logouts": True,
        "is_far": False,
        "is_by_scripts": False,
        "sandbox_url": None,
        "token_is_dead": False,
        "may_change": True,
        "runs": [_run(1), _run(2, by="Run by the developer", is_ours=False, has_passed=True)],
        "is_under_way": False,
        "badge_url": "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        "token_made_at": AT,
        "proof_is_old": True,
        "command": f"yitong-check \\\n  --sandbox https://id.example \\\n  --page {LONG}",
        "said": None,
        **changes,
    }


IN_A_BROWSER = f"""export YITONG_REPORT_TOKEN=ytc_{"x" * 43}
yitong-check --browser \\
  --sandbox https://id.example --client-id app-1 \\
  --sign-in {LONG} --press '#sign-in' \\
  --page {LONG} --signed-in ', level '"""
EMPTY = _page(
    typed={"sign_in_url": "", "page_url": "", "marker": ""},
    runs=[],
    badge_url=None,
    token_made_at=None,
    hears_of_logouts=False,
    proof_is_old=False,
)


def _result(name: str, verdict: str, words: str, mend: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "title": "The answer comes from another issuer (mix-up)",
        "verdict": verdict,
        "verdict_words": words,
        "expected": "nobody is signed in",
        "reason": "Somebody was signed in all the same.",
        "detail": "403"
        if verdict == "passed"
        else "a-cookie-with-a-very-long-name-of-some-framework: HttpOnly",
        "mend": mend,
        "source": "RFC 9207 2.4, RFC 9700 4.4",
    }


MEND = "Compare iss with the issuer's address before the code is sent anywhere."
TO_MEND = [_result("iss-wrong", "failed", "failed", MEND), _result("pkce", "advised", "advice", MEND)]


def _report(**changes: Any) -> dict[str, Any]:
    return {
        "here": None,
        "sections": SECTIONS,
        "app_sections": APP_SECTIONS,
        "app": APP,
        "path": PATH,
        "run": _run(1),
        "groups": [
            {
                "words": "The answer through the browser",
                "passed": 1,
                "results": [
                    *TO_MEND,
                    _result("state-wrong", "passed", "passed"),
                    _result("state-missing", "not_tried", "not tried"),
                ],
            }
        ],
        "to_mend": TO_MEND,
        "tally": [("passed", 40), ("failed", 1), ("advice", 1)],
        "seconds": 7.2,
        "application": "https://hall.example.gov.cn:443",
        "issuer": "https://id.example",
        "json_url": f"{PATH}/report.json?run=1",
        "reload_url": f"{PATH}/runs/1",
        "is_by_scripts": False,
        **changes,
    }


UNDER_WAY = {"is_under_way": True, "state": "running", "words": "7 of 42 checks done", "counted": None}
BROKEN = {"state": "broken", "words": "It was interrupted. Begin it again.", "counted": None}
NOTHING: dict[str, Any] = {"groups": [], "to_mend": [], "tally": [], "json_url": None}
DEVELOPER_CHECKER: dict[str, tuple[str, dict[str, Any]]] = {
    "checks of an app": ("developer/checker/checker.html", _page()),
    "checks of an app that nobody has set up": ("developer/checker/checker.html", EMPTY),
    "checks of an app, where nothing was typed right": (
        "developer/checker/checker.html",
        _page(wrong={"sign_in_url": "This is no address.", "marker": "Type a few words."}, is_far=True),
    ),
    "checks of an app whose scripts sign people in": (
        "developer/checker/checker.html",
        _page(is_by_scripts=True, sandbox_url="/developer/apps/a/sandbox", command=IN_A_BROWSER),
    ),
    "checks of an app whose token has died": ("developer/checker/checker.html", _page(token_is_dead=True)),
    "checks of an app, for who only looks": ("developer/checker/checker.html", _page(may_change=False)),
    "checks of an app, with a new token": (
        "developer/checker/checker.html",
        _page(new_token="ytc_" + "x" * 43),
    ),
    "report of a check": ("developer/checker/run.html", _report()),
    "check that is under way": ("developer/checker/run.html", _report(run=_run(1, **UNDER_WAY), **NOTHING)),
    "check that was interrupted": ("developer/checker/run.html", _report(run=_run(1, **BROKEN), **NOTHING)),
}
