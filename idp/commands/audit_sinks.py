"""Events to systems outside: what the worker does for each, and `idp audit sinks`."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import click

from idp.audit.streaming import Delivery, Give, sinks
from idp.audit.streaming.standing import COUNTED_AT_MOST, Standing, standing
from idp.commands.audit_places import bearer, syslog_sender
from idp.commands.opening import opened
from idp.commands.proving import Stopping
from idp.extensions import Services
from idp.outbound import Answer
from idp.settings.places import AnySink, HttpSink, KafkaSink

SHORTEST_LEASE_SECONDS = 3


def open_deliveries(found: Services, stopping: Stopping) -> Iterator[Delivery]:
    """Raises SettingsWrong."""
    for name, sink in found.settings.audit.sinks.items():
        yield Delivery(
            found.engine,
            found.clock,
            name,
            give=_give(found, f"audit.sinks.{name}", sink),
            at_most=sink.events_at_once,
            longest_wait=timedelta(seconds=sink.longest_wait_seconds),
            lease=timedelta(seconds=max(SHORTEST_LEASE_SECONDS, 2 * sink.timeout_seconds)),
            with_history=sink.history,
            stopping=stopping,
        )


def _give(found: Services, key: str, sink: AnySink) -> Give:
    if isinstance(sink, KafkaSink):
        place = f"{sink.url.rstrip('/')}/topics/{sink.topic}"
        return sinks.kafka(_post(found, key, sink, place), sink.format)
    if isinstance(sink, HttpSink):
        return sinks.http(_post(found, key, sink, sink.url), sink.format)
    return sinks.syslog(syslog_sender(found, key, sink), sink.format)


def _post(found: Services, key: str, sink: KafkaSink | HttpSink, place: str) -> sinks.Post:
    authorization = bearer(f"{key}.token_file", sink.token_file)

    def post(body: bytes, headers: Mapping[str, str]) -> Answer:
        sent = {**headers, **authorization}
        return found.outbound.post(place, body, headers=sent, timeout_seconds=sink.timeout_seconds)

    return post


@click.command("sinks")
def sinks_command() -> None:
    """How far each sink of the log is, how late, and what went wrong last."""
    with opened() as found:
        named = found.settings.audit.sinks
        for one in standing(found.engine, tuple(named), found.clock()):
            click.echo(_line(one, named[one.name].kind))
    if not named:
        click.echo("the settings name no sink")


def _line(one: Standing, kind: str) -> str:
    place = "nothing yet" if one.place is None else f"place {one.place[0]}.{one.place[1]}"
    behind = f"more than {COUNTED_AT_MOST}" if one.behind > COUNTED_AT_MOST else str(one.behind)
    lag = f"{round(one.lag.total_seconds())} s" if one.behind else "none"
    failure = "no failure"
    if one.failed_at is not None:
        now = f"{one.failures} in a row" if one.failures else "over"
        failure = f"last failure {one.failed_at:%Y-%m-%d %H:%M:%SZ} ({now}): {one.failure}"
    return f"{one.name} ({kind}): {place}, {one.given} given, {behind} behind, lag {lag}, {failure}"
