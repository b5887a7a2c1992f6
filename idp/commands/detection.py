"""`idp detection`: the rules that look at the log, a rule tried on what it holds, and what was found."""

from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.events.detection import RuleTried
from idp.audit.export.jsonl import moment
from idp.audit.paging import Span
from idp.commands.audit_export import from_option, record, seconds, to_option
from idp.commands.opening import opened
from idp.detection.document import document
from idp.detection.engine import Engine
from idp.detection.findings import Finding
from idp.detection.models import Alert, AlertStatus
from idp.detection.opening import describe
from idp.detection.trying import try_rule
from idp.settings import ROOT, load

SHOWN = 20
DOCUMENT = ROOT / "docs" / "detection-rules.md"


@click.group()
def detection() -> None:
    """The rules that look for attacks in the audit log, and what they found."""


@detection.command("rules")
@click.option("--document", "to_file", is_flag=True, help="Write docs/detection-rules.md anew.")
def rules_command(to_file: bool) -> None:
    """The rules, and which of them are off."""
    described = describe(load())
    if to_file:
        DOCUMENT.write_text(document(described.rules), "utf-8")
        click.echo(f"{len(described.rules)} rules: {DOCUMENT}")
        return
    engine = Engine(described.rules, described.surroundings)
    for rule in described.rules:
        state = f"off: {engine.off[rule.name]}" if rule.name in engine.off else "on"
        counts = f"{rule.threshold} in {rule.window_seconds} s"
        click.echo(f"{rule.name:28} {rule.severity:9} {rule.subject_kind:13} {counts:20} {state}")


@detection.command("try")
@click.argument("name", metavar="RULE")
@from_option
@to_option
def try_command(name: str, begin: datetime | None, end: datetime | None) -> None:
    """What a rule would have found in what the log holds. No alert comes of it; the trying is an event."""
    with opened() as found:
        described = describe(found.settings)
        rule = next((rule for rule in described.rules if rule.name == name), None)
        if rule is None:
            raise click.ClickException(f"no such rule: {name}")
        span = Span(begin, end)
        tried = try_rule(found.engine, rule, span, described.surroundings)
        event = RuleTried(
            rule=rule.name,
            begin=seconds(span.begin),
            end=seconds(span.end),
            events=tried.events,
            findings=tried.found,
        )
        record(found, event)
    if tried.off is not None:
        raise click.ClickException(f"the rule does not run here: it needs {tried.off}")
    for finding in tried.findings[:SHOWN]:
        click.echo(_line(finding))
    if tried.found > SHOWN:
        click.echo(f"... and {tried.found - SHOWN} more")
    click.echo(f"{tried.events} events read: {tried.found} findings of {tried.subjects} subjects")


@detection.command("alerts")
@click.option("--status", type=click.Choice([status.value for status in AlertStatus]))
@click.option("--last", default=20, show_default=True, type=click.IntRange(1, 1000))
def alerts_command(status: str | None, last: int) -> None:
    """The latest alerts."""
    query = select(Alert).order_by(Alert.opened_at.desc(), Alert.id.desc()).limit(last)
    if status is not None:
        query = query.where(Alert.status == status)
    with opened() as found, Session(found.engine) as session:
        for alert in session.scalars(query):
            subject = f"{alert.subject_kind} {alert.subject}"
            times = f"{moment(alert.opened_at)} {alert.severity:9} {alert.status:12}"
            click.echo(f"{times} {alert.rule} {subject} {alert.count} events {alert.id}")


def _line(finding: Finding) -> str:
    facts = " ".join(f"{name}={value}" for name, value in finding.facts.items())
    subject = f"{finding.subject_kind} {finding.subject}"
    return f"{moment(finding.last_at)} {subject} {finding.count} events {facts} last {finding.event_ids[-1]}"
