"""Two addresses that should be one: which registered one was meant, and where the two part.

Compared is what may be kept of an address (`inspection.redaction`): registered ones go through the same.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import SplitResult, unquote, urlsplit

from idp.doctor.saying import Said, said
from idp.locales import gettext_noop as _
from idp.oidc.clients.uris import is_loopback
from idp.oidc.inspection.redaction import HIDDEN, address
from idp.oidc.registration.wording import LOOK_ALIKE

LOOKED_AT = 50
"""Registered addresses at most."""
LEAST_ALIKE = 0.5
"""Below that no registered address was meant."""
NAMED_AT_MOST = 4
"""Characters that are named one by one."""
MARKED = _("They differ where it is marked.")
DEFAULT_PORTS = {"https": "443", "http": "80"}


@dataclass(frozen=True, slots=True)
class Part:
    """`kind`: `same`, `given` (stands in the request alone) or `registered` (stands there alone)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    given: str
    registered: str
    parts: tuple[Part, ...]
    differences: tuple[Said, ...]
    """In words, the most telling first."""


def nearest(given: str, registered: Iterable[str]) -> Diff | None:
    """Against the registered address that was most likely meant; None where none was."""
    candidates = [address(one) for one in list(registered)[:LOOKED_AT]]
    if not given or not candidates:
        return None
    best = max(candidates, key=lambda one: alike(given, one))
    return diff(given, best) if alike(given, best)[0] >= LEAST_ALIKE else None


def diff(given: str, registered: str) -> Diff:
    return Diff(given, registered, _parts(given, registered), _differences(given, registered))


def alike(given: str, other: str) -> tuple[float, float]:
    """First without regard to case and look-alikes, which are what somebody overlooks."""
    plainly = SequenceMatcher(None, _plain(given), _plain(other), autojunk=False).ratio()
    return plainly, SequenceMatcher(None, given, other, autojunk=False).ratio()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(LOOK_ALIKE)


def _parts(given: str, registered: str) -> tuple[Part, ...]:
    found: list[Part] = []
    matcher = SequenceMatcher(None, given, registered, autojunk=False)
    for tag, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if tag == "equal":
            found.append(Part("same", given[a_from:a_to]))
            continue
        if a_to > a_from:
            found.append(Part("given", given[a_from:a_to]))
        if b_to > b_from:
            found.append(Part("registered", registered[b_from:b_to]))
    return tuple(found)


def _differences(given: str, registered: str) -> tuple[Said, ...]:
    if given == registered:
        if HIDDEN in given:
            return (said(_("They differ in a part that is not kept here.")),)
        return (said(_("They are the same now: the registration was changed since.")),)
    found = [*_of_characters(given)]
    mine, theirs = _split(given), _split(registered)
    if mine is None or theirs is None:
        return tuple(found) or (said(MARKED),)
    found += _of_place(mine, theirs)
    found += _of_path(mine, theirs)
    if bool(mine.query) != bool(theirs.query) or mine.query != theirs.query:
        found.append(
            said(
                _(
                    "The queries differ. A query is part of the registered address: put what varies into "
                    "state."
                )
            )
        )
    if mine.fragment and not theirs.fragment:
        found.append(said(_("A redirect address must not have a fragment (what follows #).")))
    return tuple(found) or (said(MARKED),)


def _of_characters(given: str) -> list[Said]:
    """What the eye does not see: blanks, and letters that look like others."""
    found = []
    if given != given.strip() or any(c in given for c in (" ", "\t", "\n", "\r")):
        found.append(said(_("There are blanks or line breaks in it.")))
    strange = list(dict.fromkeys(c for c in given if not c.isascii() and c not in HIDDEN))
    for character in strange[:NAMED_AT_MOST]:
        latin = character.casefold().translate(LOOK_ALIKE)
        if latin == character:
            latin = unicodedata.normalize("NFKC", character)
        name = unicodedata.name(character, f"U+{ord(character):04X}")
        if latin.isascii() and latin.isprintable() and latin.strip():
            found.append(
                said(
                    _("“%(character)s” only looks like “%(latin)s”: it is %(name)s."),
                    character=character,
                    latin=latin,
                    name=name,
                )
            )
        else:
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            found.append(said(_("“%(character)s” is %(name)s."), character=shown, name=name))
    return found


def _of_place(mine: SplitResult, theirs: SplitResult) -> list[Said]:
    return [*_of_scheme(mine.scheme, theirs.scheme), *_of_host(mine, theirs), *_of_port(mine, theirs)]


def _of_scheme(mine: str, theirs: str) -> Iterator[Said]:
    if mine == theirs:
        return
    yield said(
        _("The scheme is %(given)s; it has to be %(registered)s."),
        given=mine or "-",
        registered=theirs or "-",
    )
    if (mine, theirs) == ("http", "https"):
        yield said(
            _(
                "Behind a proxy that ends TLS, your framework must be told to trust "
                "X-Forwarded-Proto, or it makes http addresses."
            )
        )


def _of_host(mine: SplitResult, theirs: SplitResult) -> Iterator[Said]:
    here, there = mine.hostname or "", theirs.hostname or ""
    if here == there or _only_looks_like(here, there):
        if mine.netloc.casefold() == theirs.netloc.casefold() and mine.netloc != theirs.netloc:
            yield said(_("Capital and small letters differ in the host; they count."))
    elif _is_this_machine(here) and _is_this_machine(there):
        yield said(
            _("%(given)s and %(registered)s are two addresses, though both lead to this machine."),
            given=here,
            registered=there,
        )
    else:
        yield said(
            _("The host is %(given)s; it has to be %(registered)s."),
            given=here or "-",
            registered=there or "-",
        )


def _of_port(mine: SplitResult, theirs: SplitResult) -> Iterator[Said]:
    given, registered = _port(mine), _port(theirs)
    if given != registered:
        yield said(
            _("The port is %(given)s; it has to be %(registered)s."),
            given=given or "-",
            registered=registered or "-",
        )
    elif mine.hostname == theirs.hostname and (":" in mine.netloc) != (":" in theirs.netloc):
        yield said(_("One names the default port and the other does not; write it as it is registered."))


def _of_path(mine: SplitResult, theirs: SplitResult) -> list[Said]:
    here, there = mine.path, theirs.path
    if here == there:
        return []
    if here.rstrip("/") == there.rstrip("/"):
        if here.endswith("/"):
            return [said(_("There is a slash at the end that is not registered."))]
        return [said(_("The slash at the end is missing."))]
    if _only_looks_like(here, there):
        return []
    if here.casefold() == there.casefold():
        return [said(_("Capital and small letters differ in the path; they count."))]
    if unquote(here) == unquote(there):
        return [
            said(_("The path is percent-encoded in another way; addresses are compared as they are typed."))
        ]
    if unquote(unquote(here)) == unquote(there):
        return [said(_("The path is percent-encoded twice."))]
    if "//" in here and here.replace("//", "/") == there:
        return [said(_("There are two slashes in the path where one is registered."))]
    return [
        said(
            _("The path is %(given)s; it has to be %(registered)s."),
            given=here or "/",
            registered=there or "/",
        )
    ]


def _only_looks_like(here: str, there: str) -> bool:
    """Then the characters have been named, and to show both would say nothing."""
    return not here.isascii() and _plain(here) == _plain(there)


def _split(uri: str) -> SplitResult | None:
    try:
        found = urlsplit(uri)
        _port(found)
    except ValueError:
        return None
    return found


def _port(parts: SplitResult) -> str:
    """Raises ValueError."""
    return str(parts.port) if parts.port is not None else DEFAULT_PORTS.get(parts.scheme, "")


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or is_loopback(host)
