"""How many of the attacks in made-up traffic do the rules find, and how much of what they find is none?

`python -m bench.detection_quality [--seeds 5] [--people 500] [--days 14] [--document]`: a fortnight of a town
for each seed (idp/sandbox/traffic: honest people, honest mishaps that look like attacks, each kind of attack
in four intensities) goes through the rules of config/rules as it would come in the log. Nothing is written.
"""

from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from statistics import median

from bench.table import show
from idp.audit.recorded import Recorded
from idp.detection import places
from idp.detection.addresses import Addresses
from idp.detection.engine import Engine
from idp.detection.findings import Finding
from idp.detection.rules import Rule, load
from idp.detection.watching import Surroundings
from idp.sandbox.traffic import attacks, noise
from idp.sandbox.traffic.attacks.planting import Intensity
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.generation import Traffic
from idp.sandbox.traffic.happenings import DRILL, Happening
from idp.sandbox.traffic.rhythm import Span
from idp.sandbox.traffic.town import Town
from idp.settings import ROOT

END = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
GATEWAYS = ("10.1.0.0/16", "10.20.0.0/16", "10.30.0.0/16")
"""What the town's operator has told the detection of: the service hall, offices, schools. Not the café."""
SHIFT = timedelta(hours=8)
"""After which an officer has closed an alert."""
VISITS = "visits"
DOCUMENT = ROOT / "docs" / "detection-quality.md"
MARK = "<!-- measured -->"
AN_HOUR_OR_TWO = 100
"""Minutes; longer times are told in hours."""
Key = tuple[str, str]
"""Kind and intensity of an attack."""


@dataclass
class Alert:
    """What is one on the desk: findings of one rule and subject, until it is closed and cooled down."""

    rule: str
    opened_at: datetime
    event_ids: list[str] = field(default_factory=list)


@dataclass
class Quality:
    """Of all towns together."""

    towns: int = 0
    days: int = 0
    events: int = 0
    planted: Counter[Key] = field(default_factory=Counter)
    found: dict[Key, set[tuple[int, str]]] = field(default_factory=lambda: defaultdict(set))
    """In which towns, by which rules."""
    minutes: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    """From an attack's first event to the first finding of it, by any rule."""
    right: Counter[str] = field(default_factory=Counter)
    drill: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Alerts of honest people, by rule and by what they did."""
    off: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()

    def recall(self, key: Key, rules: Iterable[str]) -> float:
        """In how many towns one of these rules found it."""
        wanted = set(rules)
        return len({town for town, rule in self.found[key] if rule in wanted}) / max(1, self.planted[key])

    def precision(self, rule: str) -> float | None:
        """Without what the operator's own test made; None where the rule never spoke."""
        all_ = self.right[rule] + self.wrong[rule].total()
        return self.right[rule] / all_ if all_ else None


def surroundings() -> Surroundings:
    known = places.read(ROOT / "config" / "sandbox-places.csv")
    return Surroundings(Addresses(tuple(ip_network(one) for one in GATEWAYS)), places=known)


def measure(rules: Sequence[Rule], seeds: Iterable[int], *, people: int = 500, days: int = 14) -> Quality:
    quality = Quality()
    for seed in seeds:
        made = Traffic(Town(seed, people), Span(END - timedelta(days=days), END), tuple(attacks.ALL))
        engine = Engine(rules, surroundings())
        quality.off, quality.rules = engine.off, tuple(rule.name for rule in engine.rules)
        _one_town(quality, made, engine)
        quality.towns += 1
        quality.days += days
    return quality


def _one_town(quality: Quality, made: Traffic, engine: Engine) -> None:
    plants: dict[str, int] = {}
    alerts: list[Alert] = []
    findings: list[Finding] = []
    last: dict[tuple[str, str], Alert] = {}
    causes, cause = _causes(made), {}
    cool_downs = {rule.name: rule.cool_down for rule in engine.rules}
    for number, one in enumerate(one for part in made.parts() for one in part):
        event = as_recorded(one, number)
        quality.events += 1
        if one.plant is not None:
            plants[event.id] = one.plant
        else:
            cause[event.id] = causes.get(one.context.request_id or "", VISITS)
        for finding in engine.feed(event):
            findings.append(finding)
            alert = _alert(last, finding, cool_downs[finding.rule])
            if not alert.event_ids:
                alerts.append(alert)
            alert.event_ids += finding.event_ids
    _note_found(quality, made, findings, plants)
    for alert in alerts:
        _judge(quality, alert, plants, cause)


def _note_found(
    quality: Quality, made: Traffic, findings: Iterable[Finding], plants: Mapping[str, int]
) -> None:
    """A finding is of an attack when at least half of the events that it names are the attack's."""
    by_number = {one.number: one for one in made.planted()}
    first: dict[int, datetime] = {}
    for finding in findings:
        for plant, count in Counter(plants.get(id_) for id_ in finding.event_ids).items():
            if plant in by_number and count * 2 >= len(finding.event_ids):
                planted = by_number[plant]
                quality.found[planted.kind, planted.intensity].add((quality.towns, finding.rule))
                first.setdefault(plant, finding.last_at)
    for number, planted in by_number.items():
        quality.planted[planted.kind, planted.intensity] += 1
        if number in first:
            told = (first[number] - planted.begin).total_seconds() / 60
            quality.minutes[planted.kind, planted.intensity].append(told)


def _judge(quality: Quality, alert: Alert, plants: Mapping[str, int], cause: Mapping[str, str]) -> None:
    of = Counter(plants.get(id_) for id_ in alert.event_ids)
    if of[None] * 2 > of.total():
        honest = Counter(cause[id_] for id_ in alert.event_ids if id_ in cause)
        quality.wrong[alert.rule][honest.most_common(1)[0][0]] += 1
    elif of[DRILL] * 2 > of.total():
        quality.drill[alert.rule] += 1
    else:
        quality.right[alert.rule] += 1


def _alert(last: dict[tuple[str, str], Alert], finding: Finding, cool_down: timedelta) -> Alert:
    """Of its rule and subject the last, or a new one where that was closed long enough before."""
    key = (finding.rule, finding.subject)
    known = last.get(key)
    if known is None or finding.last_at > known.opened_at + SHIFT + cool_down:
        known = last[key] = Alert(finding.rule, finding.last_at)
    return known


def as_recorded(one: Happening, number: int) -> Recorded:
    """As it would be read from the log."""
    values, context = one.event.values(), one.context
    return Recorded(
        place=(0, number),
        id=str(number),
        at=one.at,
        name=one.event.name,
        version=one.event.event_version,
        person_id=values.pop("person_id", None),
        client_id=values.pop("client_id", None),
        request_id=context.request_id,
        address=context.address,
        device=context.device,
        interaction_id=context.interaction_id,
        actor=context.actor,
        fields=values,
    )


def _causes(made: Traffic) -> dict[str, str]:
    """Which honest noise a request belongs to. Each has draws of its own, so it can be made again."""
    return {
        one.context.request_id: name
        for name in made.noise
        for script in noise.ALL[name](made.town, Draws(made.town.seed, "noise", name), made.span)
        for one in script.happened
        if one.context.request_id is not None
    }


def recall_rows(quality: Quality) -> Iterator[tuple[str, ...]]:
    for kind in attacks.ALL:
        keys = [(kind, intensity.value) for intensity in Intensity]
        by = Counter(rule for key in keys for _town, rule in quality.found[key])
        yield (kind, *(_told(quality, key) for key in keys), ", ".join(name for name, _ in by.most_common()))


def _told(quality: Quality, key: Key) -> str:
    """In how many towns, and how long it took."""
    towns = len({town for town, _rule in quality.found[key]})
    minutes = quality.minutes[key]
    found = f"{towns}/{quality.planted[key]}"
    if not minutes:
        return found
    middle = median(minutes)
    return f"{found}, {middle:.0f} min" if middle < AN_HOUR_OR_TWO else f"{found}, {middle / 60:.0f} h"


def precision_rows(quality: Quality) -> Iterator[tuple[str, ...]]:
    for rule in quality.rules:
        precision = quality.precision(rule)
        wrong = quality.wrong.get(rule, Counter())
        yield (
            rule,
            str(quality.right[rule]),
            str(quality.drill[rule]),
            str(wrong.total()),
            "-" if precision is None else f"{precision:.2f}",
            f"{wrong.total() / quality.days * 7:.1f}",
            ", ".join(f"{name} {count}" for name, count in wrong.most_common()),
        )
    for rule, why in quality.off.items():
        yield (rule, "off", "", "", "", "", why)


RECALL = ("attack", *(intensity.value for intensity in Intensity), "by")
PRECISION = ("rule", "right", "drill", "wrong", "precision", "wrong a week", "what was wrong")


def _markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), ""])


def document(quality: Quality, title: str) -> None:
    """Put the figures into docs/detection-quality.md, behind its words."""
    words, _mark, _old = DOCUMENT.read_text("utf-8").partition(MARK)
    tables = (_markdown(RECALL, recall_rows(quality)), _markdown(PRECISION, precision_rows(quality)))
    DOCUMENT.write_text("\n".join([f"{words}{MARK}", "", f"{title}.", "", *tables]), encoding="utf-8")


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--document", action="store_true", help=f"write the figures into {DOCUMENT.name}")
    asked = parser.parse_args()
    rules = load(ROOT / "config" / "rules")
    quality = measure(rules, range(1, asked.seeds + 1), people=asked.people, days=asked.days)
    title = (
        f"{quality.towns} towns of {asked.people} people, {asked.days} days each, {quality.events:,} events"
    )
    show(f"Found ({title})", RECALL, recall_rows(quality))
    show("Alerts", PRECISION, precision_rows(quality))
    if asked.document:
        document(quality, title)


if __name__ == "__main__":
    main()
