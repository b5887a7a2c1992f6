"""Figures of the desk in words: numbers, changes, times of buckets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.numbers import format_percent

from idp.audit.statistics.reading import Range
from idp.locales import current_locale, ngettext, show_number
from idp.locales import gettext as _
from idp.locales.catalogues import BABEL_LOCALES

TIMES_FROM = 10
"""From so many times on a change is no percentage any more that anybody grasps."""
FEW = 20
"""Below that a percentage says more than there is."""
WORTH_A_LOOK = 1.5
number = show_number


@dataclass(frozen=True, slots=True)
class Figure:
    id: str
    words: str
    number: str
    change: str
    is_worth_a_look: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a table with a bar: how many, and how much of all."""

    words: str
    count: str
    share: str
    percent: int
    change: str
    url: str | None = None


def share(part: int, whole: int) -> str:
    return str(
        format_percent(part / whole if whole else 0, "#,##0 %", locale=BABEL_LOCALES[current_locale()])
    )


def percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def change(now: int, before: int, shown: int) -> str:
    """Of two times as a whole. `shown`: with what has just begun, which is not compared."""
    if shown and now == before == 0:
        return _("only just now")
    if now == before:
        return _("as many as then")
    if before == 0:
        return _("then there were none")
    if now == 0:
        return _("then there were %(count)s", count=number(before))
    if now >= TIMES_FROM * before:
        return _("%(times)s times as many as then", times=number(now // before))
    if before < FEW:
        more = number(abs(now - before))
        return (
            _("%(count)s more than then", count=more)
            if now > before
            else _("%(count)s fewer than then", count=more)
        )
    rounded = round(100 * (now - before) / before)
    if rounded == 0:
        return _("about as many as then")
    words = number(abs(rounded))
    return (
        _("%(percent)s%% more than then", percent=words)
        if rounded > 0
        else _("%(percent)s%% fewer than then", percent=words)
    )


def is_worth_a_look(now: int, before: int) -> bool:
    """Of what nobody wants more of."""
    return now >= FEW and now >= WORTH_A_LOOK * before


def compared_words(wanted: Range) -> str:
    """What "then" is."""
    if wanted.name == "24h":
        return _("Changes compare the whole hours with the same hours a week before.")
    if wanted.name == "7d":
        return _("Changes compare the whole hours with the same hours of the week before.")
    return _("Changes compare the whole days with the same weekdays five weeks before.")


def range_words(name: str) -> str:
    return {"24h": _("24 hours"), "7d": _("7 days"), "30d": _("30 days")}[name]


def duration(length: timedelta) -> str:
    seconds = max(0, round(length.total_seconds()))
    if seconds < 120:
        return ngettext("%(num)s second", "%(num)s seconds", seconds)
    if seconds < 7200:
        return ngettext("%(num)s minute", "%(num)s minutes", seconds // 60)
    if seconds < 2 * 86400:
        return ngettext("%(num)s hour", "%(num)s hours", seconds // 3600)
    return ngettext("%(num)s day", "%(num)s days", seconds // 86400)


def rows_of(begins: Sequence[datetime], wanted: Range, *columns: Sequence[int]) -> list[dict[str, object]]:
    """Of a table with a line for each bucket."""
    return [
        {
            "at": int(begin.timestamp()),
            "words": wanted.called(begin),
            "counts": [column[at] for column in columns],
        }
        for at, begin in enumerate(begins)
    ]
