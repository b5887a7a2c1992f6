"""Every error code that the protocol's endpoints answer with."""

from collections.abc import Iterator

from idp.documentation.reference.explained import Explained, Facts, code, rows
from idp.oidc.errors import ProtocolError

HEADS = {
    "en": ("`error`", "HTTP", "What happened, and what mends it"),
    "zh-CN": ("`error`", "HTTP", "原因与对策"),
}


def codes() -> dict[str, int]:
    """Code -> HTTP status at the endpoints that programs call."""
    found: dict[str, int] = {}
    for declared in _declared(ProtocolError):
        if error := getattr(declared, "error", ""):
            found.setdefault(error, declared.status)
    return found


def table(_facts: Facts, explained: Explained) -> str:
    shown = [[code(error), str(status), explained.of(error)] for error, status in sorted(codes().items())]
    return rows(*HEADS[explained.language], of=shown)


def _declared(error: type[ProtocolError]) -> Iterator[type[ProtocolError]]:
    for declared in error.__subclasses__():
        yield declared
        yield from _declared(declared)
