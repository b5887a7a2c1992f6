"""How the proof of the log stands, in words; and what a verification found."""

from dataclasses import dataclass
from datetime import datetime

from idp.audit.readers import Reader
from idp.audit.streaming.standing import COUNTED_AT_MOST as WAITING_AT_MOST
from idp.audit.streaming.standing import Standing
from idp.audit.tree.status import COUNTED_AT_MOST, Integrity
from idp.audit.verifications.asking import FAILED, SCHEDULE
from idp.audit.verifications.models import AuditVerification
from idp.audit.verifications.running import WHOLE
from idp.locales import gettext as _
from idp.locales import ngettext
from idp.security.figures import duration, number


@dataclass(frozen=True, slots=True)
class Summary:
    how: str
    """good, bad or unknown: a class of the style sheet, said in words, too."""
    words: str


def summary(found: Integrity, last: AuditVerification | None, now: datetime, head_seconds: int) -> Summary:
    """One line. What was found wrong comes before what is late, and this before what nobody has looked at."""
    if last is not None and last.result not in (None, WHOLE):
        return Summary("bad", result_words(last))
    late = found.late(now, head_seconds)
    if late:
        step, since = late[0]
        return Summary(
            "bad", _("%(step)s is late by %(length)s", step=step_words(step), length=duration(since))
        )
    if found.size == 0:
        return Summary("unknown", _("Nothing is folded into the tree yet."))
    if last is None or last.finished_at is None:
        return Summary("unknown", _("On time; not verified yet."))
    ago = duration(now - last.finished_at)
    words = _("On time; %(rows)s rows found whole %(ago)s ago.", rows=number(last.rows or 0), ago=ago)
    return Summary("good", words)


def step_words(step: str) -> str:
    kind, _colon, name = step.partition(":")
    if kind == "anchor":
        return _("Giving heads to the anchor %(anchor)s", anchor=anchor_words(name))
    return {"folding": _("Folding into the tree"), "signing": _("Signing heads")}.get(step, step)


def anchor_words(name: str) -> str:
    return {"file": _("“folder”"), "http": _("“HTTP”")}.get(name, f"“{name}”")


def waiting_words(found: Integrity, now: datetime) -> str:
    if found.waiting == 0 or found.waiting_since is None:
        return _("nothing waits")
    since = duration(now - found.waiting_since)
    if found.waiting > COUNTED_AT_MOST:
        return _("more than %(count)s rows wait, for %(since)s", count=number(COUNTED_AT_MOST), since=since)
    return ngettext(
        "%(num)s row waits, for %(since)s", "%(num)s rows wait, for %(since)s", found.waiting, since=since
    )


def result_words(run: AuditVerification) -> str:
    """Of a run that is finished; of one that is not, how far it is."""
    if run.result is None:
        return _("being looked at") if run.started_at is not None else _("waits for a worker")
    if run.result == WHOLE:
        return _("whole")
    if run.result == FAILED:
        return _("The verification came to no end: nobody knows whether the log is whole.")
    where = _where(run)
    words = {
        "changed": _("%(where)s holds something else than when it was folded.", where=where),
        "missing": _("%(where)s is gone.", where=where),
        "reordered": _("%(where)s was somewhere else.", where=where),
        "forged": _("%(where)s was not there when what is around it was.", where=where),
        "cut": _("The log ends at %(where)s, and once went on.", where=where),
    }
    said = words.get(run.result, run.result)
    if run.wrong_what == "head":
        return said + " " + _("Or the anchor's folder has heads of another log of the same name.")
    return said


def _where(run: AuditVerification) -> str:
    begin, end = run.wrong_begin or 0, run.wrong_end or 0
    numbers = (
        number(begin)
        if end <= begin + 1
        else _("%(begin)s to %(end)s", begin=number(begin), end=number(end - 1))
    )
    names = {
        "row": _("Row %(numbers)s", numbers=numbers),
        "rows": _("Something in the rows %(numbers)s", numbers=numbers),
        "leaf": _("The leaf of row %(numbers)s", numbers=numbers),
        "subtree": _("The stored hash over the rows %(numbers)s", numbers=numbers),
        "tree": _("The tree's end at %(numbers)s", numbers=numbers),
        "head": _("The head of %(numbers)s rows", numbers=numbers),
    }
    return names.get(run.wrong_what or "row", numbers)


def asked_words(by: str, numbers: dict[str, str]) -> str:
    return _("the clock") if by == SCHEDULE else numbers.get(by, by)


def reader_words(name: str) -> str:
    """Who reads on in the log, by the name of their place."""
    return {"statistics": _("The counts of the overview"), "detection": _("The rules that raise alerts")}.get(
        name, name
    )


def reader(found: Reader, now: datetime) -> dict[str, object]:
    waits = found.waiting_since
    lag = _("nothing waits") if waits is None else duration(now - waits)
    return {"words": reader_words(found.name), "at": found.at, "lag": lag}


def sink(standing: Standing) -> dict[str, object]:
    """A place outside that events are given to."""
    if standing.behind > WAITING_AT_MOST:
        behind = _("more than %(count)s", count=number(WAITING_AT_MOST))
    else:
        behind = number(standing.behind)
    return {
        "name": standing.name,
        "given_at": standing.given_at,
        "behind": behind,
        "lag": duration(standing.lag) if standing.behind else _("nothing waits"),
        "is_failing": standing.failures > 0,
        "failure": standing.failure if standing.failures else None,
    }
