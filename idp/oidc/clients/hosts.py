"""Names of hosts as people read them: what a name in Punycode (RFC 3492) says, and what passes for another.

RFC 5890; Unicode Technical Standard 39 sections 4 and 5. A registration holds what browsers send, which is
ASCII: whoever reads `xn--80ak6aa92e.com` on a page sees through it, whoever reads `аррӏе.com` does not.
"""

import unicodedata
from collections.abc import Iterable

from idp.oidc.registration.wording import EAST_ASIAN, LOOK_ALIKE, is_unseen, script, skeleton

PUNYCODE = "xn--"
LATIN = "LATIN"


def in_words(host: str) -> str:
    """As a browser's address line may show it. What cannot be read stays as it is."""
    return ".".join(map(_label, host.split(".")))


def in_ascii(host: str) -> str | None:
    """As browsers send it (RFC 3490 section 4.1); None: it cannot be the name of a host."""
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None


def passes_for_another(host: str) -> bool:
    """Whether one of its parts mixes scripts that look alike, or reads like a Latin word and is none.

    A name in Punycode that says nothing counts as one: it was made by hand.
    """
    return any(map(_deceives, host.split(".")))


def looks_like(host: str, others: Iterable[str]) -> str | None:
    """The first of the others that the eye takes for this host; the host itself is no other."""
    mine = _seen(host)
    return next((other for other in others if other != host and _seen(other) == mine), None)


def _label(label: str) -> str:
    if not label.lower().startswith(PUNYCODE):
        return label
    try:
        return label[len(PUNYCODE) :].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError):
        return label


def _deceives(label: str) -> bool:
    shown = _label(label)
    if shown.isascii():
        return label.lower().startswith(PUNYCODE)
    if any(map(is_unseen, shown)):
        return True
    letters = [c for c in unicodedata.normalize("NFKC", shown).casefold() if c.isalpha()]
    scripts = set(map(script, letters))
    if len(scripts) > 1:
        return not scripts <= EAST_ASIAN
    return LATIN not in scripts and bool(letters) and all(ord(c) in LOOK_ALIKE for c in letters)


def _seen(host: str) -> tuple[str, ...]:
    """Part by part: `a.bc` is not `ab.c`."""
    return tuple(map(skeleton, in_words(host).split(".")))
