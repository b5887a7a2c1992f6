"""Every member of the discovery document: what it is for, and what it says here."""

from typing import Any

from idp.documentation.reference.explained import Explained, Facts, code, rows

HEADS = {"en": ("Member", "What it says", "At this provider"), "zh-CN": ("成员", "含义", "本服务的取值")}


def table(facts: Facts, explained: Explained) -> str:
    shown = [[code(name), explained.of(name), _value(value)] for name, value in facts.metadata.items()]
    return rows(*HEADS[explained.language], of=shown)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(code, value))
    if isinstance(value, dict):
        return ", ".join(f"{code(name)}: {code(one)}" for name, one in value.items())
    return code(str(value).lower() if isinstance(value, bool) else value)
