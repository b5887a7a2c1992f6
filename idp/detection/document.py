"""The rules as a document, made of their own files: `docs/detection-rules.md`."""

from collections.abc import Iterator, Sequence

from idp.detection.rules import Rule, Sought

BEGINNING = """\
# Rules of detection

Made by `idp detection rules --document` of the files in `config/rules`; change these, not this. How to write
a rule, and what is not looked for: [detection.md](detection.md).
"""
ENGLISH = "en"


def document(rules: Sequence[Rule]) -> str:
    return "\n".join([BEGINNING, *_table(rules), *(line for rule in rules for line in _chapter(rule))])


def _table(rules: Sequence[Rule]) -> Iterator[str]:
    yield "| rule | looks for | of | severity | fires at |\n|---|---|---|---|---|"
    for rule in rules:
        off = "" if rule.enabled else " (off)"
        name, title = f"[{rule.name}](#{rule.name}){off}", rule.title[ENGLISH]
        yield f"| {name} | {title} | {rule.subject_kind} | {rule.severity} | {_fires_at(rule)} |"
    yield ""


def _chapter(rule: Rule) -> Iterator[str]:
    yield f"## {rule.name}\n"
    yield f"**{rule.title[ENGLISH]}.** {rule.why[ENGLISH]}\n"
    yield f"*Harmless, and looks the same:* {rule.false_positives[ENGLISH]}\n"
    yield f"*What to do:* {rule.advice[ENGLISH]}\n"
    for sought in rule.events:
        yield f"- {_events(sought)}"
    tags = f" Tags: {', '.join(rule.tags)}." if rule.tags else ""
    yield f"\nKind `{rule.kind}`, by `{rule.key}`; {_fires_at(rule)}.{tags}\n"


def _events(sought: Sought) -> str:
    parts = [f"`{sought.name}`"]
    if sought.role:
        parts.append(f"as *{sought.role}*")
    parts += [f"{name}: {', '.join(map(str, values))}" for name, values in sought.where.items()]
    parts += [f"{name} not: {', '.join(map(str, values))}" for name, values in sought.where_not.items()]
    parts += [f"with {name}" for name in sought.present] + [f"without {name}" for name in sought.absent]
    return "; ".join(parts)


def _fires_at(rule: Rule) -> str:
    unit = " km/h" if rule.kind == "travel" else ""
    return ", or ".join(f"{one.threshold}{unit} in {_time(one.window_seconds)}" for one in rule.limits)


def _time(seconds: int) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds % length == 0 and seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
