"""The checker at work without a network: the application and the provider are functions."""

import time
from collections.abc import Mapping

from flask import Flask

from clients.checker import Answer, Application, Fetch, Report, Sent, Verdict, run
from clients.checker.local import LocalProvider
from clients.checker.wire import origin_of
from tests.clients.checker.broken_app import ORIGIN, BrokenApp, Fault

ISSUER = "http://provider.test"
APPLICATION = Application(f"{ORIGIN}/sign-in", f"{ORIGIN}/me", "Signed in as", f"{ORIGIN}/logged-out")


class Web:
    """Which origin is answered by whom."""

    def __init__(self) -> None:
        self.places: dict[str, Fetch] = {}
        self.sent: list[Sent] = []

    def __call__(self, sent: Sent) -> Answer:
        self.sent.append(sent)
        return self.places[origin_of(sent.url)](sent)


def of_flask(app: Flask) -> Fetch:
    """Cookies are the driver's."""

    def fetch(sent: Sent) -> Answer:
        client = app.test_client(use_cookies=False)
        found = client.open(sent.url, method=sent.method, headers=list(sent.headers), data=sent.body)
        headers = tuple((name.lower(), value) for name, value in found.headers)
        return Answer(found.status_code, headers, found.data)

    return fetch


def checked(*faults: Fault) -> Report:
    web = Web()
    provider = LocalProvider(ISSUER, web, time.time)
    web.places[origin_of(ISSUER)] = provider
    app = BrokenApp(ISSUER, web, *faults)
    web.places[origin_of(ORIGIN)] = of_flask(app.flask)
    return run(APPLICATION, provider, web, pause=lambda _seconds: None, patience_seconds=0.5)


def verdicts(report: Report) -> Mapping[str, str]:
    """Of all that did not pass: the check, and why."""
    return {
        one.check: f"{one.verdict}: {one.reason} {one.detail}".strip()
        for one in report.results
        if one.verdict is not Verdict.PASSED
    }
