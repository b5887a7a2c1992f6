"""A logo, fetched and decoded as the worker does it, to say at once whether it will be shown and why not."""

from collections.abc import Callable

from idp.oidc.logos.decoding import LogoRefused, small_png
from idp.oidc.logos.fetching import GONE, OK
from idp.outbound import AddressRefused, Answer, AnswerRefused, OutboundFailed, TimedOut

GOOD, SVG = "good", "svg"
BEGINNING = 1024
"""Bytes of a file in which a drawing says that it is one."""


def tried(uri: str, get: Callable[[str], Answer]) -> str:
    """`good`, or a code of what is wrong. `get` raises OutboundFailed."""
    try:
        answer = get(uri)
    except AddressRefused:
        return "address-refused"
    except AnswerRefused:
        # Larger than any answer may be, or a redirect.
        return "answer-refused"
    except TimedOut:
        return "timed-out"
    except OutboundFailed:
        return "unreachable"
    if answer.status != OK:
        return "not-there" if answer.status in GONE else "answer-refused"
    try:
        small_png(answer.body)
    except LogoRefused as refused:
        return SVG if _is_svg(answer.body) else refused.reason
    return GOOD


def _is_svg(body: bytes) -> bool:
    return b"<svg" in body[:BEGINNING].lower()
