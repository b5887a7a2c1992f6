"""JSON Lines: an event is an object on a line, as the log has it."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from idp.audit.fields import canonical_json
from idp.audit.recorded import Recorded


def jsonl(events: Iterable[Recorded]) -> Iterator[str]:
    for event in events:
        yield f"{canonical_json(as_object(event))}\n"


def as_object(event: Recorded) -> dict[str, Any]:
    """What holds nothing is left out."""
    xid, seq = event.place
    given = {
        "id": event.id,
        "at": moment(event.at),
        "name": event.name,
        "version": event.version,
        "person_id": event.person_id,
        "client_id": event.client_id,
        "request_id": event.request_id,
        "address": event.address,
        "device": event.device,
        "interaction_id": event.interaction_id,
        "actor": event.actor,
        "fields": event.fields,
        "xid": xid,
        "seq": seq,
    }
    return {name: value for name, value in given.items() if value is not None}


def compact(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def moment(at: datetime) -> str:
    """RFC 3339, UTC, to the microsecond."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"
