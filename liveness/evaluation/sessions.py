"""The verdict of all gates on whole sessions: who passed, and which gate refused the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liveness.evaluation.counting import Share
from liveness.evaluation.running import Sample


@dataclass(frozen=True, slots=True)
class Sessions:
    """Live sessions, or those of one kind of attack, by whether something was asked in them.

    `errors` of the whole check, the match excepted: live people that any gate refused, attacks that no gate
    refused. `refused_by`: reason -> sessions whose verdict names it. `failed`: gate -> sessions in which it
    failed, whether or not another one came first. `unproved`: gate -> sessions that could not try it.
    """

    name: str
    is_live: bool
    challenged: bool
    no_answer: Share
    errors: Share
    refused_by: Mapping[str, int]
    failed: Mapping[str, int]
    unproved: Mapping[str, int]


def of_sessions(samples: Sequence[Sample]) -> tuple[Sessions, ...]:
    """Live people first, then attacks by name; those that were asked something apart from the others."""
    groups: dict[tuple[bool, str, bool], list[Sample]] = {}
    for sample in samples:
        if sample.outcome.kind in ("directory", "video"):
            key = (not sample.row.is_live, sample.row.attack or "live", bool(sample.row.actions))
            groups.setdefault(key, []).append(sample)
    return tuple(_of(not key[0], key[1], key[2], groups[key]) for key in sorted(groups))


def _of(is_live: bool, name: str, challenged: bool, samples: Sequence[Sample]) -> Sessions:
    judged = [sample.outcome for sample in samples if sample.outcome.live is not None]
    return Sessions(
        name,
        is_live,
        challenged,
        no_answer=Share(len(samples) - len(judged), len(samples)),
        errors=Share(sum(outcome.live is not is_live for outcome in judged), len(judged)),
        refused_by=_counted([(outcome.refused_by,) for outcome in judged if outcome.refused_by]),
        failed=_counted([outcome.failed for outcome in judged]),
        unproved=_counted([outcome.unproved for outcome in judged]),
    )


def _counted(words: Sequence[tuple[str, ...]]) -> dict[str, int]:
    """The commonest first, equal ones by name."""
    counter = Counter(word for some in words for word in some)
    return dict(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))
