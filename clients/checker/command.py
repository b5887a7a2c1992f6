"""`yitong-check`: the command line, for a terminal and for a CI.

Ends with 0 when nothing failed (with --strict: nor was anything advised), 1 when something did, 2 for a
command that is not understood, and 3 when nothing could be tried: nobody answered, or could sign in.
"""

import argparse
import json
import os
import ssl
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .application import Application
from .badge import badge
from .checks import CHECKS, FIRST
from .findings import Check, Verdict
from .junit import as_junit
from .local import LocalProvider, serving
from .local.keys import ALGORITHMS
from .provider import Citizen, Provider
from .report import Report, Result
from .running import LONGEST_SECONDS, PATIENCE_SECONDS, run
from .sandbox import Sandbox, ScriptOverHttp, read_end_session_url
from .shown import line, summary
from .starting import NotStarted, started
from .uploading import upload
from .wire import Fetch, NotReached, over_the_network
from .words import LANGUAGES

PASSED, FAILED, USAGE, NOT_TRIED = 0, 1, 2, 3
PORT = 9400
TEST_TOKEN, REPORT_TOKEN = "YITONG_TEST_TOKEN", "YITONG_REPORT_TOKEN"
NUMBER, PASSWORD = "YITONG_CITIZEN_NUMBER", "YITONG_CITIZEN_PASSWORD"


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        app = Application(asked.sign_in, asked.page, asked.marker, asked.logout_uri, tuple(asked.also or ()))
        checks = _chosen(asked.only or (), asked.skip or ())
    except ValueError as problem:
        parser.error(str(problem))
    fetch = over_the_network(_tls(asked.ca))
    try:
        with _prepared(asked, app, fetch, environment, parser) as provider:
            report = run(
                app,
                provider,
                fetch,
                checks=checks,
                longest_seconds=asked.longest,
                patience_seconds=asked.patience,
                told=_nothing if asked.quiet else lambda result: _told(result, asked.language),
            )
        _write(report, asked)
        if asked.report_to:
            upload(report, asked.report_to, _needed(environment, REPORT_TOKEN, parser), fetch)
    except (NotReached, NotStarted) as problem:
        print(f"yitong-check: {problem}", file=sys.stderr)
        return NOT_TRIED
    if not asked.quiet:
        print(summary(report, asked.language))
    return _status(report, strict=asked.strict)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yitong-check",
        description="Sign in at an application with valid and with hostile answers, and say what it takes.",
        epilog=f"Secrets come from the environment: {TEST_TOKEN}, {NUMBER}, {PASSWORD}, {REPORT_TOKEN}.",
    )
    add = parser.add_argument
    add("--sign-in", required=True, metavar="URL", help="begins a sign-in when it is opened")
    add("--page", required=True, metavar="URL", help="a page for signed-in people alone")
    add("--marker", default="", metavar="TEXT", help="stands on that page for them, and for nobody else")
    add("--logout-uri", default="", metavar="URL", help="takes logout tokens")
    add("--also", action="append", metavar="URL", help="another address that the sign-in passes through")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--local", action="store_true", help="run a hostile provider on this machine")
    where.add_argument("--sandbox", metavar="ISSUER", help="use the sandbox")
    add("--port", type=int, default=PORT, help=f"of the hostile provider ({PORT})")
    add("--issuer", default="", metavar="URL", help="how the hostile provider is called, if not localhost")
    add("--algorithm", choices=ALGORITHMS, default="ES256", help="of its ID tokens (ES256)")
    add("--client-id", default="", help="at the sandbox")
    add(
        "--start",
        default="",
        metavar="COMMAND",
        help="start the application with this, and end it afterwards",
    )
    add("--ca", metavar="FILE", help="certificates of an authority of your own, PEM")
    add("--only", action="append", metavar="CHECK", help="these checks alone (and those that come first)")
    add("--skip", action="append", metavar="CHECK", help="all but these")
    add(
        "--patience", type=float, default=PATIENCE_SECONDS, metavar="SECONDS", help="for logouts and new keys"
    )
    add("--longest", type=float, default=LONGEST_SECONDS, metavar="SECONDS", help="for all checks together")
    add("--json", metavar="FILE", help="write the report, - for the terminal")
    add("--junit", metavar="FILE", help="write it as JUnit's XML")
    add("--badge", metavar="FILE", help="write a badge, SVG")
    add("--report-to", metavar="URL", help="bring it to the console")
    add("--language", choices=LANGUAGES, default="en")
    add("--strict", action="store_true", help="an advice is a failure")
    add("--quiet", action="store_true")
    return parser


@contextmanager
def _prepared(
    asked: argparse.Namespace,
    app: Application,
    fetch: Fetch,
    environment: Mapping[str, str],
    parser: argparse.ArgumentParser,
) -> Iterator[Provider]:
    with ExitStack() as stack:
        provider: Provider
        if asked.local:
            issuer = asked.issuer or f"http://localhost:{asked.port}"
            local = LocalProvider(issuer, fetch, time.time, asked.algorithm)
            try:
                stack.enter_context(serving(asked.port, local))
            except OSError as problem:
                raise NotStarted(f"port {asked.port} cannot be had: {problem.strerror}") from None
            provider = local
        else:
            if not asked.client_id:
                parser.error("--sandbox needs --client-id")
            citizen = Citizen(_needed(environment, NUMBER, parser), _needed(environment, PASSWORD, parser))
            token = _needed(environment, TEST_TOKEN, parser)
            script = ScriptOverHttp(asked.sandbox, asked.client_id, token, fetch)
            provider = Sandbox(
                asked.sandbox,
                script,
                citizen,
                read_end_session_url(asked.sandbox, fetch),
                time.sleep,
                asked.patience,
            )
            # Whatever a run that was interrupted has left there.
            script.clear()
        if asked.start:
            stack.enter_context(started(asked.start, app.page_url, fetch, time.sleep))
        yield provider


def _chosen(only: Sequence[str], skip: Sequence[str]) -> tuple[Check, ...]:
    known = {check.name for check in CHECKS}
    if unknown := ({*only, *skip} - known):
        raise ValueError(f"no such check: {', '.join(sorted(unknown))}")
    wanted = (set(only) or known) | FIRST
    return tuple(check for check in CHECKS if check.name in wanted and check.name not in set(skip) - FIRST)


def _write(report: Report, asked: argparse.Namespace) -> None:
    if asked.json == "-":
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    elif asked.json:
        text = json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n"
        Path(asked.json).write_text(text, "utf-8")
    if asked.junit:
        Path(asked.junit).write_text(as_junit(report, asked.language), "utf-8")
    if asked.badge:
        passed, tried = report.counted
        drawn = badge(passed, tried, report.begun_at.date(), has_passed=report.has_passed)
        Path(asked.badge).write_text(drawn, "utf-8")


def _status(report: Report, *, strict: bool) -> int:
    first = [one for one in report.results if one.check in FIRST]
    if any(one.verdict is not Verdict.PASSED for one in first):
        return NOT_TRIED
    if report.of(Verdict.FAILED) or (strict and report.of(Verdict.ADVISED)):
        return FAILED
    return PASSED


def _needed(environment: Mapping[str, str], name: str, parser: argparse.ArgumentParser) -> str:
    if not environment.get(name):
        parser.error(f"{name} is missing from the environment")
    return environment[name]


def _tls(authority: str | None) -> ssl.SSLContext | None:
    return ssl.create_default_context(cafile=authority) if authority else None


def _told(result: Result, language: str) -> None:
    print(line(result, language), flush=True)


def _nothing(_result: Result) -> None:
    pass
