"""A link as the store has it. One link has one text, which compare-and-set rests on."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from idp.login.licence_app.states import Ending, Link, State

MOMENTS: Final = ("started_at", "closes_at", "ends_at", "code_ends_at")


def to_bytes(link: Link) -> bytes:
    value = asdict(link)
    for name in MOMENTS:
        moment: datetime | None = value[name]
        value[name] = None if moment is None else moment.isoformat()
    return json.dumps(value, ensure_ascii=False).encode()


def from_bytes(data: bytes) -> Link:
    value: dict[str, Any] = json.loads(data)
    for name in MOMENTS:
        value[name] = None if value[name] is None else datetime.fromisoformat(value[name])
    value["state"] = State(value["state"])
    value["ending"] = None if value["ending"] is None else Ending(value["ending"])
    return Link(**value)
