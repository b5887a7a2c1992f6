"""How it went, in three words: taken from what the catalogue's events are to others (`export.classes`).

An event that tells of an attempt went well or was refused. What tells of a change or of upkeep is neither,
and so is an event that this program does not know.
"""

from collections.abc import Mapping
from enum import StrEnum

from idp.audit.export.classes import ASSIGN, CREATE, LOGON, MEANINGS, PREAUTH, READ, Class, Outcome


class Result(StrEnum):
    REFUSED = "refused"
    SUCCEEDED = "succeeded"
    NEUTRAL = "neutral"


ATTEMPTS = frozenset(
    {
        (Class.AUTHENTICATION, LOGON),
        (Class.AUTHENTICATION, PREAUTH),
        (Class.API_ACTIVITY, CREATE),
        (Class.API_ACTIVITY, READ),
        (Class.USER_ACCESS, ASSIGN),
        *((Class.ACCOUNT_CHANGE, activity) for activity in (1, 3, 4, 10)),
    }
)
"""What somebody tries, and may be refused."""


def _result(name: str) -> Result:
    meaning = MEANINGS[name]
    if meaning.outcome is Outcome.FAILURE:
        return Result.REFUSED
    is_attempt = (meaning.class_, meaning.activity) in ATTEMPTS
    return Result.SUCCEEDED if is_attempt else Result.NEUTRAL


RESULTS: Mapping[str, Result] = {name: _result(name) for name in MEANINGS}


def result_of(name: str) -> Result:
    return RESULTS.get(name, Result.NEUTRAL)


def names_of(result: Result) -> tuple[str, ...]:
    return tuple(sorted(name for name, found in RESULTS.items() if found is result))
