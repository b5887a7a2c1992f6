"""What of an event is counted. Pure: the worker, a rebuilding and the tests count by the same rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Set
from datetime import datetime
from enum import StrEnum

from idp.audit.recorded import Recorded


class Kind(StrEnum):
    """What is counted; below each the values that it has."""

    EVENT = "event"
    """Names of events."""
    LEVEL = "level"
    """Levels of sign-ins."""
    RAISED = "raised"
    """Levels that sessions were raised to."""
    FACTOR = "factor"
    """By what people signed in, or raised their session."""
    FAILURE = "failure"
    """`method:reason` of sign-ins that came to nothing; the reason `delayed`: told to wait."""
    LIVENESS = "liveness"
    """`live` or `refused`."""
    GATE = "gate"
    """What refused a face: a gate of the engine, or what kept it from judging."""
    ENROLLED = "enrolled"
    """What bound a new account to its person."""
    NOT_ENROLLED = "not_enrolled"
    """Why somebody got no account."""
    STAFF = "staff"
    """Names of events by which a member of staff acted."""
    ALERT = "alert"
    """Severities of alerts that were raised."""
    CLIENT_SIGN_IN = "client_sign_in"
    """Clients: how often they were given a person who signed in, or was signed in already."""
    CLIENT_FAILURE = "client_failure"
    """Clients: sign-ins on the way to them, requests and tokens that were refused."""
    CLIENT_TOKEN = "client_token"  # noqa: S105 - no password
    """Clients: how often tokens were issued to them."""
    CLIENT_REASON = "client_reason"
    """`client:error` of what was refused to a client; `client:person:method:reason` of a failed sign-in."""
    CLIENT_GRANT = "client_grant"
    """`client:grant_type` of tokens that were issued."""


OF_ONE_CLIENT = frozenset((Kind.CLIENT_REASON, Kind.CLIENT_GRANT))
"""Values that begin with a client's id and a colon: for its own developers."""
MOST_OF_ONE_CLIENT = 24
"""Of these that are told apart of one client, so that no client takes the place of others."""
CLIENTS = frozenset((Kind.CLIENT_SIGN_IN, Kind.CLIENT_FAILURE, Kind.CLIENT_TOKEN))
OTHER = "*"
"""Stands for all values beyond the most that are told apart; no code and no identifier is written so."""
MOST: Mapping[Kind, int] = {
    **dict.fromkeys(Kind, 64),
    **dict.fromkeys(CLIENTS, 200),
    **dict.fromkeys(OF_ONE_CLIENT, 2000),
    Kind.EVENT: 256,
    Kind.STAFF: 128,
}
"""Values of a kind that are told apart in one hour or day: the first ones, in the order of the log."""
HOUR, DAY = 1, 24
CHINA = 8
"""Hours east of Greenwich: a day begins there at midnight."""
UUID_LENGTH = 36
PERSON = "person"
"""After a client's id: why people did not come in, which the client itself is not told."""
TOKEN_EXCHANGE = "token_exchange"  # noqa: S105 - a word for RFC 8693, whose event names no grant

Hourly = tuple[Kind, int, str]
"""Kind, hour, value."""
Key = tuple[Kind, int, int, str]
"""Kind, grain, hour, value."""
Known = MutableMapping[tuple[Kind, int, int], set[str]]
"""Which values a kind has in an hour or day already."""
Fact = tuple[Kind, str]


def hour_of(at: datetime) -> int:
    return int(at.timestamp() // 3600)


def day_of(hour: int) -> int:
    """The hour with which that hour's day began in China."""
    return (hour + CHINA) // DAY * DAY - CHINA


def tally(events: Iterable[Recorded]) -> Counter[Hourly]:
    """Counts by the hour, in the order in which things first happened."""
    counts: Counter[Hourly] = Counter()
    for event in events:
        hour = hour_of(event.at)
        counts[Kind.EVENT, hour, event.name] += 1
        if event.actor is not None and len(event.actor) == UUID_LENGTH:
            # Programs act under a name, staff under their account's id.
            counts[Kind.STAFF, hour, event.name] += 1
        if (tells := COUNTED.get(event.name)) is not None:
            for kind, value in tells(event):
                counts[kind, hour, value] += 1
    return counts


def bounded(counts: Mapping[Hourly, int], known: Known) -> Counter[Key]:
    """The same by hour and by day, what is beyond the most values under OTHER; `known` grows by the new ones.

    The order of the log decides who is told apart, so it does not matter in which portions the log was read.
    """
    found: Counter[Key] = Counter()
    for (kind, hour, value), count in counts.items():
        for grain, begin in ((HOUR, hour), (DAY, day_of(hour))):
            values = known.setdefault((kind, grain, begin), set())
            told = _told(kind, value, values)
            values.add(told)
            found[kind, grain, begin, told] += count
    return found


def _told(kind: Kind, value: str, values: Set[str]) -> str:
    """The value itself while there is room for it, else what stands for those that are not told apart."""
    if value in values:
        return value
    if len(values - {OTHER}) >= MOST[kind]:
        return OTHER
    if kind in OF_ONE_CLIENT:
        client = value.partition(":")[0]
        if sum(one.startswith(f"{client}:") for one in values) >= MOST_OF_ONE_CLIENT:
            return f"{client}:{OTHER}"
    return value


def _word(event: Recorded, field: str) -> str:
    """What a field says; a row that is none of ours may say anything there."""
    return str(event.fields.get(field, "unknown"))[:64] or "unknown"


def _of_client(event: Recorded, kind: Kind) -> Iterator[Fact]:
    if event.client_id is not None:
        yield kind, event.client_id


def _signed_in(event: Recorded) -> Iterator[Fact]:
    yield Kind.LEVEL, _word(event, "level")
    yield from _factors(event)


def _stepped_up(event: Recorded) -> Iterator[Fact]:
    yield Kind.RAISED, _word(event, "level")
    yield from _factors(event)


def _factors(event: Recorded) -> Iterator[Fact]:
    methods = event.fields.get("methods")
    for method in methods if isinstance(methods, list) else ():
        yield Kind.FACTOR, str(method)[:64]


def _sign_in_refused(event: Recorded) -> Iterator[Fact]:
    why = f"{_word(event, 'method')}:{_word(event, 'reason')}"
    yield Kind.FAILURE, why[:128]
    yield from _of_client(event, Kind.CLIENT_FAILURE)
    yield from _detail(event, Kind.CLIENT_REASON, f"{PERSON}:{why}")


def _sign_in_delayed(event: Recorded) -> Iterator[Fact]:
    yield Kind.FAILURE, f"{_word(event, 'method')}:delayed"


def _face_checked(_event: Recorded) -> Iterator[Fact]:
    yield Kind.LIVENESS, "live"


def _face_refused(event: Recorded) -> Iterator[Fact]:
    yield Kind.LIVENESS, "refused"
    yield Kind.GATE, _word(event, "reason")


def _enrolled(event: Recorded) -> Iterator[Fact]:
    yield Kind.ENROLLED, _word(event, "binding")


def _not_enrolled(event: Recorded) -> Iterator[Fact]:
    yield Kind.NOT_ENROLLED, _word(event, "reason")


def _alert(event: Recorded) -> Iterator[Fact]:
    yield Kind.ALERT, _word(event, "severity")


def _client_sign_in(event: Recorded) -> Iterator[Fact]:
    return _of_client(event, Kind.CLIENT_SIGN_IN)


def _client_failure(event: Recorded) -> Iterator[Fact]:
    yield from _of_client(event, Kind.CLIENT_FAILURE)
    yield from _detail(event, Kind.CLIENT_REASON, _word(event, "error"))


def _client_token(event: Recorded) -> Iterator[Fact]:
    yield from _of_client(event, Kind.CLIENT_TOKEN)
    yield from _detail(event, Kind.CLIENT_GRANT, _word(event, "grant_type"))


def _client_exchange(event: Recorded) -> Iterator[Fact]:
    yield from _of_client(event, Kind.CLIENT_TOKEN)
    yield from _detail(event, Kind.CLIENT_GRANT, TOKEN_EXCHANGE)


def _detail(event: Recorded, kind: Kind, what: str) -> Iterator[Fact]:
    if event.client_id is not None:
        yield kind, f"{event.client_id}:{what}"[:128]


COUNTED: Mapping[str, Callable[[Recorded], Iterator[Fact]]] = {
    "signed_in": _signed_in,
    "stepped_up": _stepped_up,
    "sign_in_refused": _sign_in_refused,
    "sign_in_delayed": _sign_in_delayed,
    "face_checked": _face_checked,
    "face_refused": _face_refused,
    "person_enrolled": _enrolled,
    "enrolment_refused": _not_enrolled,
    "alert_raised": _alert,
    "code_issued": _client_sign_in,
    "authorization_approved": _client_sign_in,
    "authorization_refused": _client_failure,
    "token_refused": _client_failure,
    "token_issued": _client_token,
    "token_exchanged": _client_exchange,
}
"""Names of events, and what each tells besides that it happened."""
