"""What is wrong with an address, as it was typed: one cause, and what to type instead where that is certain.

Whether it is wrong at all the rules of `uris` say; here is only looked for the likeliest reason. People paste
from documents, and type with a Chinese keyboard.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from urllib.parse import quote, urlsplit

from idp.locales import gettext_noop as _
from idp.oidc.clients.explaining.problems import Words
from idp.oidc.clients.hosts import in_ascii, in_words, looks_like, passes_for_another
from idp.oidc.clients.uris import LENGTH_AT_MOST, UriRefused, UriRule, is_localhost

Check = Callable[[str], None]
"""One of `uris`. Raises UriRefused."""
Found = tuple[Words, Mapping[str, str], str | None]
"""What is wrong, its values, and what to type instead."""
SAFE = "!#$%&'()*+,/:;=?@[]~"
"""What percent-encoding leaves as it is (RFC 3986 section 2.2), and percent signs that are there already."""
SCRIPTS = frozenset({"javascript", "data", "vbscript", "file", "about", "blob", "filesystem", "view-source"})
NOTHING_SEEN = frozenset({"Cf", "Cc"})
AS_DOTS = str.maketrans({"。": ".", "．": ".", "｡": ".", "、": "/"})
SHOWN_AT_MOST = 8

EMPTY = Words(_("Nothing stands there."), _("Type the address, or take the line away."))
BLANKS_AROUND = Words(_("There are blanks before or after the address."), _("Take them away."))
BLANK_WITHIN = Words(
    _("There is a blank in the address."), _("One address a line; inside a path a blank is percent-encoded.")
)
UNSEEN = Words(
    _("There is a character in it that nobody sees (%(codes)s), such as comes along when text is copied."),
    _("Take it away, or type the address anew."),
)
FULL_WIDTH = Words(
    _("“%(characters)s” are full-width characters, as a Chinese keyboard types them."),
    _("Switch the keyboard to English and type them anew."),
)
HOST_IN_WORDS = Words(
    _("The host's name is not in ASCII. Browsers send it as %(sent)s."),
    _("Register it as browsers send it."),
)
NOT_ASCII = Words(
    _("“%(characters)s” cannot stand in an address as they are."), _("Write them percent-encoded.")
)
BACKSLASH = Words(_("There is a backslash in it; browsers read it as /."), _("Write / instead."))
TOO_LONG = Words(_("The address is longer than %(most)s characters."), _("Give a shorter one."))
FRAGMENT = Words(
    _("There is a fragment (#…), which no address may have that codes are sent to."),
    _("Take away # and what follows; keep what you need in the session, under state."),
)
WILDCARD = Words(
    _(
        "There is a * in it, and no address is compared with wildcards: it would match whatever somebody"
        " owns."
    ),
    _("Register each address by itself, letter by letter; use state to come back to a certain page."),
)
USER_NAME = Words(
    _("There is a user name before the host (@), by which addresses pretend to be others."),
    _("Take it away."),
)
NO_SCHEME = Words(_("It does not say https:// at its beginning."), _("Write the whole address."))
PLAIN_HTTP = Words(
    _("http sends codes and names in the open; it is only for your own machine (localhost)."),
    _("Use https."),
)
NO_SERVER = Words(
    _("%(scheme)s: leads to no server: it is a program or a file, and could run in people's browsers."),
    _("Give an https address of your app."),
)
OWN_SCHEME = Words(
    _("%(scheme)s: is no https. A scheme of the app's own is for apps that are installed (native)."),
    _("Give an https address, or choose native as the kind of app."),
)
SCHEME_WITHOUT_DOT = Words(
    _("%(scheme)s: could be any app's."),
    _("A scheme of your own is a host of yours backwards, with dots: cn.gov.example.app:/callback"),
)
OTHER_SCHEME = Words(_("%(scheme)s: is not taken here."), _("Give an https address."))
NO_HOST = Words(_("It names no host."), _("Write the whole address: https://host/path"))
HOST_CHARACTERS = Words(
    _("The host's name has characters that no host has."), _("Letters, digits, hyphens and dots.")
)
UNREADABLE = Words(_("It cannot be read as an address."), _("Look at the port and the brackets."))
PASSES_FOR_ANOTHER = Words(
    _("The host %(sent)s shows as %(shown)s: it mixes letters of scripts that look alike."),
    _("Was it meant to be in plain Latin letters? Then type it anew, with an English keyboard."),
)
LOOKS_LIKE = Words(
    _("The host %(sent)s looks like %(other)s, which belongs to another app."),
    _("Look at it letter by letter. If it is really yours, ask the operator."),
)
REFUSED = Words(_("This address is not taken: %(why)s."), _("Compare it with the examples."))


def problem(typed: str, check: Check, *, native: bool = False, hosts: Collection[str] = ()) -> Found | None:
    """None: it is good. `hosts`: of other apps, which nobody's may look like."""
    try:
        check(typed)
    except UriRefused as refused:
        return _wrong(typed, refused, check, native=native)
    host = urlsplit(typed).hostname or ""
    other = None if is_localhost(host) else looks_like(host, hosts)
    if other is not None:
        return LOOKS_LIKE, {"sent": host, "other": other}, None
    return None


def _wrong(typed: str, refused: UriRefused, check: Check, *, native: bool) -> Found:
    words, values, better = next(_likeliest(typed, refused, native))
    return words, values, better if better is not None and _is_good(better, check) else None


def _likeliest(typed: str, refused: UriRefused, native: bool) -> Iterator[Found]:
    if not typed.strip():
        yield EMPTY, {}, None
    if len(typed) > LENGTH_AT_MOST:
        yield TOO_LONG, {"most": str(LENGTH_AT_MOST)}, None
    yield from _of_characters(typed)
    yield from _of_rule(typed, refused, native)
    yield REFUSED, {"why": refused.rule.value}, None


def _of_characters(typed: str) -> Iterator[Found]:
    """The address as it was meant to be goes along, whatever else is wrong with it."""
    meant = _meant(typed)
    unseen = [c for c in typed if _is_unseen(c)]
    if unseen:
        codes = " ".join(dict.fromkeys(f"U+{ord(c):04X}" for c in unseen[:SHOWN_AT_MOST]))
        yield UNSEEN, {"codes": codes}, meant
    wide = [c for c in typed.strip() if not c.isascii() and (c in "。、　" or _narrow(c).isascii())]
    if wide:
        yield FULL_WIDTH, {"characters": "".join(dict.fromkeys(wide))[:SHOWN_AT_MOST]}, meant
    if typed != typed.strip():
        yield BLANKS_AROUND, {}, meant
    if any(c.isspace() for c in typed):
        yield BLANK_WITHIN, {}, None
    if "\\" in typed:
        yield BACKSLASH, {}, typed.replace("\\", "/")
    strange = "".join(dict.fromkeys(c for c in typed if not c.isascii()))
    host = _host(typed)
    if host and not host.isascii():
        sent = in_ascii(host)
        if sent is not None and passes_for_another(sent):
            yield PASSES_FOR_ANOTHER, {"sent": sent, "shown": host}, None
        if sent is not None:
            yield HOST_IN_WORDS, {"sent": sent}, _encoded(typed.replace(host, sent, 1))
        yield HOST_CHARACTERS, {}, None
    if strange:
        yield NOT_ASCII, {"characters": strange[:SHOWN_AT_MOST]}, _encoded(typed)


def _of_rule(typed: str, refused: UriRefused, native: bool) -> Iterator[Found]:
    scheme = typed.partition(":")[0].lower()
    match refused.rule:
        case UriRule.FRAGMENT:
            yield FRAGMENT, {}, typed.partition("#")[0]
        case UriRule.WILDCARD:
            yield WILDCARD, {}, None
        case UriRule.USER_NAME:
            begin, _at, rest = typed.rpartition("@")
            yield USER_NAME, {}, f"{begin.partition('//')[0]}//{rest}"
        case UriRule.NOT_ABSOLUTE:
            yield NO_SCHEME, {}, f"https://{typed.lstrip('/')}"
        case UriRule.NEEDS_HTTPS if scheme == "http":
            yield PLAIN_HTTP, {}, f"https{typed[4:]}"
        case UriRule.NEEDS_HTTPS | UriRule.SCHEME:
            yield from _of_scheme(typed, scheme, native)
        case UriRule.LOOK_ALIKE:
            host = _host(typed)
            yield PASSES_FOR_ANOTHER, {"sent": host, "shown": in_words(host)}, None
        case UriRule.NO_HOST:
            yield NO_HOST, {}, None
        case UriRule.HOST_NAME:
            yield HOST_CHARACTERS, {}, None
        case UriRule.UNREADABLE:
            yield UNREADABLE, {}, None
        case UriRule.CHARACTERS | UriRule.TOO_LONG:
            pass


def _of_scheme(typed: str, scheme: str, native: bool) -> Iterator[Found]:
    shown = {"scheme": scheme[:40]}
    if scheme in SCRIPTS:
        yield NO_SERVER, shown, None
    if "." in scheme.partition("/")[0] and not typed.partition(":")[2].startswith(("/", "//")):
        # hall.example.cn:8443/callback
        yield NO_SCHEME, {}, f"https://{typed}"
    if native:
        yield SCHEME_WITHOUT_DOT, shown, None
    elif "." in scheme:
        yield OWN_SCHEME, shown, None
    yield OTHER_SCHEME, shown, None


def _meant(typed: str) -> str:
    seen = "".join(c for c in typed if not _is_unseen(c))
    return _narrow(seen).strip()


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in NOTHING_SEEN and not character.isspace()


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(AS_DOTS))


def _host(typed: str) -> str:
    rest = typed.partition("//")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return rest.rpartition("@")[2].partition(":")[0]


def _encoded(typed: str) -> str:
    return quote(typed, safe=SAFE)


def _is_good(address: str, check: Check) -> bool:
    try:
        check(address)
    except UriRefused:
        return False
    return True
