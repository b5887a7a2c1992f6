"""What the overview shows, in words: made of counts alone, of nobody in particular."""

from collections.abc import Callable, Mapping
from typing import Any

from idp.audit.statistics.counting import OTHER, Kind
from idp.audit.statistics.reading import ClientCounts, Overview
from idp.locales import gettext as _
from idp.security.figures import (
    Bar,
    Figure,
    change,
    is_worth_a_look,
    number,
    percent,
    rows_of,
    share,
)
from idp.security.overview import refusal_words
from idp.security.words import in_words, sentence

LINES = 12
"""Of a table that has no end otherwise."""
LEVELS = ("1", "2", "3", "4")


def figures(found: Overview) -> list[Figure]:
    faces = found.now.total(Kind.LIVENESS)
    refused = _figure(found, "faces-refused", _("Face checks refused"), Kind.LIVENESS, "refused", bad=True)
    of_all = _("%(share)s of all checks", share=share(found.now.total(Kind.LIVENESS, "refused"), faces))
    return [
        _figure(found, "sign-ins", _("Sign-ins"), Kind.LEVEL),
        _figure(found, "failures", _("Sign-ins that failed"), Kind.FAILURE, bad=True),
        Figure(
            refused.id,
            refused.words,
            refused.number,
            _("; ").join((of_all, refused.change)) if faces else refused.change,
            refused.is_worth_a_look,
        ),
        _figure(found, "raised", _("Raised to a higher level"), Kind.RAISED),
        _figure(found, "enrolled", _("New accounts"), Kind.ENROLLED),
        _figure(found, "tokens", _("Tokens issued"), Kind.EVENT),
        _figure(found, "staff", _("Deeds of staff"), Kind.STAFF),
        _figure(found, "raised-alerts", _("Alerts raised"), Kind.ALERT, bad=True),
    ]


def charts(found: Overview) -> dict[str, Any]:
    """Each a table with a line for each bucket; the script draws what the table says."""
    now, before, begins = found.now, found.before, found.begins
    return {
        "sign_ins": {
            "columns": [
                {"words": _("Sign-ins"), "colour": 1},
                {"words": _("Failed"), "colour": 2},
                {"words": _("Sign-ins then"), "colour": 1, "then": True},
                {"words": _("Failed then"), "colour": 2, "then": True},
            ],
            "rows": rows_of(
                begins,
                found.range,
                now.series(Kind.LEVEL),
                now.series(Kind.FAILURE),
                before.series(Kind.LEVEL),
                before.series(Kind.FAILURE),
            ),
        },
        "faces": {
            "columns": [{"words": _("A living person"), "colour": 3}, {"words": _("Refused"), "colour": 2}],
            "rows": rows_of(
                begins, found.range, now.series(Kind.LIVENESS, "live"), now.series(Kind.LIVENESS, "refused")
            ),
        },
        "levels": {
            "columns": [
                {"words": _("level %(level)s", level=level), "colour": place}
                for place, level in enumerate(LEVELS, 1)
            ],
            "rows": rows_of(begins, found.range, *(now.series(Kind.LEVEL, level) for level in LEVELS)),
        },
    }


def tables(found: Overview) -> Mapping[str, list[Bar]]:
    return {
        "failures": _bars(found, Kind.FAILURE, refusal_words.failure),
        "gates": _bars(found, Kind.GATE, refusal_words.gate),
        "factors": _bars(found, Kind.FACTOR, _of("methods")),
        "enrolled": _bars(found, Kind.ENROLLED, _of("binding")),
        "not_enrolled": _bars(found, Kind.NOT_ENROLLED, refusal_words.enrolment),
        "staff": _bars(found, Kind.STAFF, lambda name: _("all others") if name == OTHER else sentence(name)),
    }


def clients(
    found: list[ClientCounts], names: Mapping[str, str], timeline: Callable[[str], str] | None
) -> list[dict[str, Any]]:
    """`timeline`: the address of what happened at a client; None for whom it is not shown."""
    return [
        {
            "client_id": None if one.client_id == OTHER else one.client_id,
            "name": _("all others") if one.client_id == OTHER else names.get(one.client_id, one.client_id),
            "url": None if timeline is None or one.client_id == OTHER else timeline(one.client_id),
            "sign_ins": number(one.sign_ins),
            "failures": number(one.failures),
            "share": share(one.failures, one.failures + one.sign_ins),
            "tokens": number(one.tokens),
        }
        for one in found
    ]


def _of(field: str) -> Callable[[str], str]:
    return lambda code: _("all others") if code == OTHER else in_words(field, code)


def _figure(
    found: Overview, name: str, words: str, kind: Kind, value: str | None = None, *, bad: bool = False
) -> Figure:
    now, before = found.now.whole(kind, value), found.before.whole(kind, value)
    worth, total = bad and is_worth_a_look(now, before), found.now.total(kind, value)
    return Figure(name, words, number(total), change(now, before, total), worth)


def _bars(found: Overview, kind: Kind, words: Callable[[str], str]) -> list[Bar]:
    whole = found.now.total(kind)
    return [
        Bar(
            words=words(value),
            count=number(count := found.now.total(kind, value)),
            share=share(count, whole),
            percent=percent(count, whole),
            change=change(found.now.whole(kind, value), found.before.whole(kind, value), count),
        )
        for value in found.now.values(kind)[:LINES]
    ]
