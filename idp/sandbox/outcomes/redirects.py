"""Answers at the redirect_uri that a correct app refuses."""

from collections.abc import Callable, Mapping
from typing import Final

from idp.crypto.digests import new_secret
from idp.sandbox.outcomes.forging import OTHER_ISSUER

Fields = Mapping[str, str]
STATE_BYTES: Final = 16


def _without(name: str) -> Callable[[Fields], Fields]:
    return lambda fields: {key: value for key, value in fields.items() if key != name}


def _other_state(fields: Fields) -> Fields:
    return {**fields, "state": new_secret(STATE_BYTES)}


REDIRECTS: Final[Mapping[str, Callable[[Fields], Fields]]] = {
    "redirect_wrong_state": _other_state,
    "error_wrong_state": _other_state,
    "redirect_missing_state": _without("state"),
    "redirect_missing_iss": _without("iss"),
    "redirect_wrong_iss": lambda fields: {**fields, "iss": OTHER_ISSUER},
}


def hostile(outcomes: tuple[str, ...], fields: Fields) -> Fields:
    for outcome in outcomes:
        if outcome in REDIRECTS:
            fields = REDIRECTS[outcome](fields)
    return fields
