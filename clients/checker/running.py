"""All checks, one after another, each with browsers of its own."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import monotonic, sleep

from .application import Application
from .bench import Bench, LieNotTold
from .browser import Astray
from .checks import CHECKS, FIRST
from .findings import Check, Finding, Verdict, failed, not_tried
from .provider import Provider
from .report import Report, Result
from .wire import Answer, Fetch, NotReached, Sent, origin_of

LONGEST_SECONDS = 240.0
PATIENCE_SECONDS = 10.0
DETAIL_AT_MOST = 200


class OutOfTime(Exception):
    """All checks together have taken as long as they may."""


def run(
    app: Application,
    provider: Provider,
    fetch: Fetch,
    *,
    checks: Sequence[Check] = CHECKS,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[float], None] = sleep,
    monotonic: Callable[[], float] = monotonic,
    longest_seconds: float = LONGEST_SECONDS,
    patience_seconds: float = PATIENCE_SECONDS,
    told: Callable[[Result], None] = lambda _result: None,
    bench_for: Callable[..., Bench] = Bench,
) -> Report:
    """`told` hears of each result as it is found. `bench_for`: takes what `Bench` takes. Where nobody
    can sign in at all, nothing else is tried: an application that refuses everything would pass the rest."""
    from . import __version__

    begun_at, begun = clock(), monotonic()
    results: list[Result] = []
    stopped_by = ""

    def in_time() -> None:
        # Asked at each request: an application that answers slowly makes one check as long as all.
        if monotonic() - begun > longest_seconds:
            raise OutOfTime

    def fetched(sent: Sent) -> Answer:
        in_time()
        return fetch(sent)

    bench = bench_for(app, provider, fetched, pause, patience_seconds, in_time)
    for check in checks:
        started = monotonic()
        if stopped_by:
            found = not_tried(stopped_by)
        elif started - begun > longest_seconds:
            found = not_tried("no_time_left")
        else:
            found = _carried_out(check, bench)
        milliseconds = round((monotonic() - started) * 1000)
        result = Result(
            check.name,
            check.group.value,
            found.verdict,
            found.reason,
            _plain(found.detail),
            check.expected.value,
            check.source,
            milliseconds,
        )
        results.append(result)
        told(result)
        if check.name in FIRST and found.verdict is not Verdict.PASSED:
            stopped_by = f"stopped_by_{check.name}"
    return Report(
        provider.issuer,
        origin_of(app.sign_in_url),
        begun_at,
        monotonic() - begun,
        tuple(results),
        __version__,
    )


def _plain(detail: str) -> str:
    """The application says part of it, such as the name of a cookie: without what no report may hold."""
    return "".join(one if one.isprintable() else "?" for one in detail[:DETAIL_AT_MOST])


def _carried_out(check: Check, bench: Bench) -> Finding:
    try:
        with bench.guarding():
            return check.run(bench)
    except LieNotTold:
        return not_tried("provider_cannot")
    except OutOfTime:
        return not_tried("no_time_left")
    except NotReached as problem:
        return failed("not_reached", str(problem))
    except Astray as astray:
        return failed(astray.args[0], astray.args[1])
    finally:
        bench.end_check()
