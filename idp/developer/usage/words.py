"""Usage in words: figures, charts and tables of the page."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel.numbers import format_percent

from idp.audit.statistics.counting import OTHER
from idp.developer.usage.exporting import MEDIAN, MOST, rounded
from idp.developer.usage.gathering import Bucket, Usage
from idp.locales import current_locale, gettext_noop, show_number
from idp.locales import gettext as _
from idp.locales.catalogues import BABEL_LOCALES
from idp.metering.measures import Answer, percentile

LINES = 15
NOTHING = "–"
METHODS: Final[Mapping[str, str]] = {
    "password": gettext_noop("Password"),
    "sms": gettext_noop("SMS code"),
    "passkey": gettext_noop("Passkey"),
    "licence": gettext_noop("Electronic licence"),
    "certificate": gettext_noop("Certificate"),
}
REASONS: Final[Mapping[str, str]] = {
    "wrong": gettext_noop("not right"),
    "expired": gettext_noop("expired"),
    "unknown": gettext_noop("unknown"),
    "over": gettext_noop("over"),
    "too_many_tries": gettext_noop("too many tries"),
    "malformed": gettext_noop("could not be read"),
}
ENDPOINTS: Final[Mapping[str, str]] = {
    "token": "/oauth2/token",
    "userinfo": "/oauth2/userinfo",
    "introspection": "/oauth2/introspect",
    "revocation": "/oauth2/revoke",
    "par": "/oauth2/par",
    "device_authorization": "/oauth2/device_authorization",
    "backchannel": "/oauth2/backchannel/authentication",
    "registration": "/oauth2/register/…",
}


@dataclass(frozen=True, slots=True)
class Figure:
    id: str
    words: str
    number: str
    says: str
    is_worth_a_look: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    words: str
    count: str
    share: str
    percent: int
    is_code: bool = False


def range_words(name: str) -> str:
    return {"24h": _("24 hours"), "7d": _("7 days"), "30d": _("30 days")}[name]


def share(part: int, whole: int) -> str:
    locale = BABEL_LOCALES[current_locale()]
    return str(format_percent(part / whole if whole else 0, "#,##0 %", locale=locale))


def milliseconds(value: float | None) -> str:
    found = rounded(value)
    return NOTHING if found is None else _("%(number)s ms", number=f"{found:g}")


def figures(found: Usage) -> list[Figure]:
    used, counted = found.whole.used, found.whole.counted
    refused, limited = used.answers[Answer.REFUSED], used.answers[Answer.LIMITED]
    failed = used.answers[Answer.FAILED]
    return [
        Figure("requests", _("Requests"), show_number(used.total), _("at all endpoints together")),
        Figure("sign-ins", _("Sign-ins"), show_number(counted.sign_ins), _("codes for people who came in")),
        Figure(
            "refused",
            _("Refused"),
            show_number(refused),
            _("%(share)s of all requests", share=share(refused, used.total)),
        ),
        Figure(
            "failed",
            _("Failed on our side"),
            show_number(failed),
            _("answered by 5xx: try again"),
            failed > 0,
        ),
        Figure(
            "median",
            _("Half are answered within"),
            milliseconds(percentile(used.latencies, MEDIAN)),
            _("95 of 100 within %(time)s", time=milliseconds(percentile(used.latencies, MOST))),
        ),
        Figure(
            "limited",
            _("Beyond the limit"),
            show_number(limited),
            _("answered by 429; up to %(percent)s of a minute's limit was used", percent=_most(found)),
            limited > 0,
        ),
    ]


def charts(found: Usage) -> dict[str, Any]:
    """Each a table with a line for each bucket; the script draws what the table says."""

    def answers(one: Answer) -> Callable[[Bucket], int]:
        return lambda bucket: bucket.used.answers[one]

    def latency(part: float) -> Callable[[Bucket], float | str]:
        def read(bucket: Bucket) -> float | str:
            value = rounded(percentile(bucket.used.latencies, part))
            return NOTHING if value is None else value

        return read

    return {
        "requests": _chart(
            found,
            (_("Answered"), 3, answers(Answer.OK)),
            (_("Refused"), 2, answers(Answer.REFUSED)),
            (_("Beyond the limit"), 4, answers(Answer.LIMITED)),
            (_("Failed on our side"), 1, answers(Answer.FAILED)),
        ),
        "latency": _chart(found, (_("p50, ms"), 1, latency(MEDIAN)), (_("p95, ms"), 2, latency(MOST))),
        "sign_ins": _chart(
            found,
            (_("Sign-ins"), 1, lambda bucket: bucket.counted.sign_ins),
            (_("Refusals that the app was told"), 2, lambda bucket: bucket.counted.refused.total()),
        ),
    }


def tables(found: Usage) -> dict[str, list[Line]]:
    counted = found.whole.counted
    return {
        "refused": _lines(counted.refused, _code, is_code=True),
        "people": _lines(found.people.reasons, _person),
        "grants": _lines(counted.grants, _code, is_code=True),
        "endpoints": _lines(found.whole.used.requests, lambda name: ENDPOINTS.get(name, name), is_code=True),
    }


def _most(found: Usage) -> str:
    return share(found.whole.used.most_used, 10)


def _chart(
    found: Usage, *columns: tuple[str, int, Callable[[Bucket], float | str]]
) -> dict[str, Sequence[Any]]:
    return {
        "columns": [{"words": words, "colour": colour} for words, colour, _read in columns],
        "rows": [
            {
                "at": int(bucket.begins.timestamp()),
                "words": found.range.called(bucket.begins),
                "counts": [read(bucket) for _words, _colour, read in columns],
            }
            for bucket in found.buckets
        ],
    }


def _lines(counts: Counter[str], words: Callable[[str], str], *, is_code: bool = False) -> list[Line]:
    whole = counts.total()
    return [
        Line(
            words(name),
            show_number(count),
            share(count, whole),
            round(100 * count / whole),
            is_code and name != OTHER,
        )
        for name, count in counts.most_common(LINES)
    ]


def _code(name: str) -> str:
    return _("all others") if name == OTHER else name


def _person(value: str) -> str:
    """Of `method:reason`."""
    method, _colon, reason = value.partition(":")
    if not reason:
        return _("all others")
    by, why = METHODS.get(method), REASONS.get(reason)
    named = _(by) if by else method, _(why) if why else reason
    return _("%(method)s: %(reason)s", method=named[0], reason=named[1])
