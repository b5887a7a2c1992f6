"""JSON that others sent: what two readers could understand in two ways is refused."""

import json
from math import isfinite
from typing import Any


def strict_object(data: bytes) -> dict[str, Any]:
    """A JSON object without repeated names (RFC 7515 section 4). Raises ValueError."""
    value = strict_value(data)
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - of the text, not of a type
    return value


def strict_value(data: bytes) -> Any:
    """JSON in UTF-8 (RFC 8259 section 8.1) without repeated names, numbers without end and half characters.

    Raises ValueError.
    """
    try:
        value = STRICT.decode(data.decode())
        if b"\\u" in data:
            # Half a character can be written in this way alone, and passes for a text until somebody stores
            # or compares it.
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_number(_name: str) -> float:
    raise ValueError("not a JSON number")


def _finite(text: str) -> float:
    """1e999 is read as infinity."""
    value = float(text)
    if not isfinite(value):
        raise ValueError("a number without end")
    return value


STRICT = json.JSONDecoder(object_pairs_hook=_without_repeats, parse_float=_finite, parse_constant=_no_number)
"""Made once: `json.loads` makes one for each text, which costs more than reading it."""
