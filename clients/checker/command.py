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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from . import options
from .application import Application
from .badge import badge
from .bench import Bench
from .checks import CHECKS, FIRST
from .findings import Check, Verdict
from .junit import as_junit
from .local import LocalProvider, serving
from .options import NUMBER, PASSWORD, REPORT_TOKEN, TEST_TOKEN
from .provider import Citizen, Provider
from .report import Report, Result
from .running import run
from .sandbox import Sandbox, ScriptOverHttp, read_end_session_url
from .shown import line, summary
from .starting import NotStarted, started
from .uploading import upload
from .wire import Fetch, NotReached, over_the_network

PASSED, FAILED, USAGE, NOT_TRIED = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    parser = options.parser()
    asked = parser.parse_args(arguments)
    try:
        app = options.application(asked)
        checks = _chosen(asked.only or (), asked.skip or ())
    except ValueError as problem:
        parser.error(str(problem))
    fetch = over_the_network(_tls(asked.ca))
    try:
        with _prepared(asked, app, fetch, environment, parser) as provider, _benches(asked) as bench_for:
            report = run(
                app,
                provider,
                fetch,
                checks=checks,
                longest_seconds=options.longest(asked),
                patience_seconds=asked.patience,
                told=_nothing if asked.quiet else lambda result: _told(result, asked.language),
                bench_for=bench_for,
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
            local = LocalProvider(issuer, fetch, time.time, asked.algorithm, app.origins)
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


@contextmanager
def _benches(asked: argparse.Namespace) -> Iterator[Callable[..., Bench]]:
    """What the checks are done on."""
    if asked.browser is None:
        yield Bench
        return
    from .chromium.launching import launched

    with launched(asked.browser) as chromium:
        # Playwright is there, so what needs it can be imported.
        from .chromium.bench import ScriptBench

        yield partial(ScriptBench, chromium=chromium, takes_any_certificate=bool(asked.ca))


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
