"""Runs and reports as their pages show them."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from idp.checker import CHECKS, Report, Result, Verdict, runs, wording
from idp.checker.models import CheckerRun, CheckerSetup, RunBy, RunState
from idp.checker.setups import Unfit
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.oidc.clients.metadata import Client

JOINT = " \\\n  "
PRESSED, SIGNED_IN = "#sign-in", ", level "
"""Of the quick start (docs/site/snippets/spa)."""


def run(one: CheckerRun, path: str, now: datetime) -> dict[str, Any]:
    """In the list of runs."""
    found = report(one)
    standing, why = runs.standing(one, now)
    passed, tried = (0, 0) if found is None else found.counted
    return {
        "url": f"{path}/runs/{one.id}",
        "at": one.made_at,
        "by": by(one),
        "is_ours": one.by == RunBy.SERVER,
        "state": standing.value,
        "words": state(one, standing, why),
        "is_under_way": standing in runs.UNDER_WAY,
        "counted": _("%(passed)s of %(tried)s passed", passed=passed, tried=tried) if found else None,
        "has_passed": found is not None and found.has_passed,
    }


def report(one: CheckerRun) -> Report | None:
    """None where there is none yet, or one of a version that is not read any more."""
    if one.state != RunState.DONE:
        return None
    try:
        return runs.report_of(one)
    except ValueError:
        return None


def by(one: CheckerRun) -> str:
    return _("Run by us") if one.by == RunBy.SERVER else _("Run by the developer")


def state(one: CheckerRun, standing: RunState, why: str) -> str:
    if standing is RunState.BROKEN:
        return failure(why)
    return {
        RunState.WAITING: _("Waits to be begun"),
        RunState.RUNNING: _("%(done)s of %(all)s checks done", done=len(runs.so_far(one)), all=len(CHECKS)),
        RunState.DONE: _("Done"),
    }[standing]


def groups(found: Report) -> list[dict[str, Any]]:
    """The results, by what they are about."""
    language = current_locale()
    parts = [(name, list(results)) for name, results in groupby(found.results, key=lambda one: one.group)]
    return [
        {
            "words": wording.group(name, language),
            "passed": sum(one.verdict is Verdict.PASSED for one in results),
            "results": [_result(one, language) for one in results],
        }
        for name, results in parts
    ]


def to_mend(found: Report) -> list[dict[str, Any]]:
    """What failed, and then what would be better otherwise."""
    language = current_locale()
    wrong = (*found.of(Verdict.FAILED), *found.of(Verdict.ADVISED))
    return [_result(one, language) for one in wrong]


def unfit(why: Unfit) -> str:
    return {
        Unfit.NOT_AN_ADDRESS: _("This is no address: it begins with https:// and has no # in it."),
        Unfit.TOO_LONG: _("This address is too long."),
        Unfit.NOT_OF_THE_APP: _(
            "We look only at places that the app has registered: take an address on the same host as one of "
            "its redirect_uris."
        ),
        Unfit.MARKER: _("Type a few words that stand on the page for signed-in people alone."),
    }[why]


@dataclass(frozen=True, slots=True)
class Asked:
    """What every command line names."""

    issuer: str
    client: Client
    reports_url: str


def command(setup: CheckerSetup | None, asked: Asked) -> str:
    """What a CI calls, over several lines."""
    lines = [
        "yitong-check",
        f"--sandbox {shlex.quote(asked.issuer)} --client-id {shlex.quote(asked.client.client_id)}",
        f"--sign-in {_quoted(setup.sign_in_url if setup else '', 'https://app.example/sign-in')}",
        f"--page {_quoted(setup.page_url if setup else '', 'https://app.example/me')}",
        f"--marker {_quoted(setup.marker if setup else '', 'Sign out')}",
        "--junit report.xml",
        f"--report-to {shlex.quote(asked.reports_url)}",
    ]
    return JOINT.join(lines)


def command_in_a_browser(asked: Asked, token: str | None) -> str:
    """Where scripts sign people in: on a machine of the team's. `token`: one that was just made."""
    redirect_uris = asked.client.metadata.redirect_uris
    place = urlsplit(redirect_uris[0] if redirect_uris else "https://app.example/")
    address = shlex.quote(f"{place.scheme}://{place.netloc}/")
    lines = [
        "yitong-check --browser",
        f"--sandbox {shlex.quote(asked.issuer)} --client-id {shlex.quote(asked.client.client_id)}",
        f"--sign-in {address} --press {shlex.quote(PRESSED)}",
        f"--page {address} --signed-in {shlex.quote(SIGNED_IN)}",
        "--junit report.xml",
        f"--report-to {shlex.quote(asked.reports_url)}",
    ]
    export = "" if token is None else f"export YITONG_REPORT_TOKEN={shlex.quote(token)}\n"
    return export + JOINT.join(lines)


def by_scripts() -> str:
    return _(
        "Scripts sign people in to this app, and our server runs no scripts of others: it is checked from "
        "your own machine or your CI, by the command line below."
    )


def is_far() -> str:
    return _(
        "Our server cannot reach this address: it is not https, or is on your own machine. Check the app "
        "with the command line below."
    )


def tallied(results: Sequence[Result]) -> Iterator[tuple[str, int]]:
    """Verdict, in words, and how many; those that came."""
    for verdict in Verdict:
        if number := sum(one.verdict is verdict for one in results):
            yield wording.verdict(verdict, current_locale()), number


def _result(one: Result, language: str) -> dict[str, Any]:
    told = wording.words(one, language)
    return {
        "name": one.check,
        "title": told.title,
        "verdict": one.verdict.value,
        "verdict_words": told.verdict,
        "expected": told.expected,
        "reason": told.reason,
        "detail": one.detail,
        "mend": told.mend if one.verdict in (Verdict.FAILED, Verdict.ADVISED) else "",
        "source": one.source,
    }


def failure(name: str) -> str:
    return {
        "lost": _("It was interrupted. Begin it again."),
        "no_worker": _("Nobody was there to do it. Begin it again; if that does not help, ask the operator."),
        "stopped": _("The server was restarted meanwhile. Begin it again."),
        "setup": _("The app has other addresses by now. Say anew where it is to be looked at."),
        "no_client": _("The app is stopped: nobody can sign in to it."),
    }.get(name, _("It could not be done. Begin it again."))


def _quoted(given: str, example: str) -> str:
    return shlex.quote(given or example)
