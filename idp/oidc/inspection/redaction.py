"""What of a request's parameters may be kept: values of a few that are known to be harmless, of all others
the name and the length.

A parameter is harmless by its name first, and by its looks second: who puts a secret into `scope` by mistake
must not find it in a store for a week. So a kept value consists of plain words and small numbers, and what
does not look like that is hidden piece by piece. Values of `state`, `nonce` and `code_challenge` are not
kept either: the last is a secret where a client sends its verifier for its digest.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from idp.crypto.digests import from_base64url
from idp.error_references import Parameter
from idp.oidc.http import Parameters, Request

HIDDEN = "•••"
CHARACTERS_AT_MOST = 300
LOOKED_AT = 1200
"""Of a long one, no more."""
PARAMETERS_AT_MOST = 40
NAME_AT_MOST = 40
WORDS_AT_MOST = 30
RUN = re.compile(r"(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9_~+=-])+")
PIECE = re.compile(r"[A-Za-z0-9]+")
PLAIN = re.compile(r"[A-Z]?[a-z]{1,20}|[A-Z]{1,12}|[0-9]{1,6}|[A-Za-z]{1,12}[0-9]{1,4}|[A-Za-z0-9]{1,3}")
CAMEL = re.compile(r"[A-Za-z][a-z]{2,12}(?:[A-Z][a-z]{2,12}){1,3}")
"""Two to four words in one, as addresses have them."""
PIECES_AT_MOST = 8
"""That are joined by strokes."""
LIKE_A_WORD = re.compile(r"[A-Z]?[a-z]+[0-9]{0,4}|[0-9]{1,6}")
ODD_AT_MOST = 8
"""Characters of pieces that read like no word (`ES256`, `API`): more of them in one text may be a secret that
is cut into pieces by the signs of base64."""
LONG_NUMBER, GROUPED_NUMBER = re.compile(r"\d{10,}"), re.compile(r"(?:\d[ ._~-]?){10,}[\dXx]?")
MAIL = re.compile(r"[^\s/@?#]+(?:@|%40)[^\s/@?#]+")
NAME = re.compile(r"[\u3040-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af]+")
"""What is written so is a name or a word of somebody's. Full-width signs and letters of other scripts stay:
they are what a developer has mistyped."""
SOMEBODYS = (MAIL, NAME, GROUPED_NUMBER)
"""A number that is written in groups is one."""
LABEL_AT_MOST = 20
URN = "urn:ietf:params:oauth:request_uri:"

WORDS = frozenset(
    (
        *("scope", "response_type", "response_mode", "prompt", "display", "acr_values", "ui_locales"),
        *("claims_locales", "grant_type", "code_challenge_method", "token_type_hint", "typ", "alg", "enc"),
        *("client_assertion_type", "subject_token_type", "actor_token_type", "requested_token_type"),
        *("htm", "backchannel_token_delivery_mode", "application_type", "token_endpoint_auth_method"),
    )
)
ADDRESSES = frozenset(
    (
        *("redirect_uri", "post_logout_redirect_uri", "resource", "audience", "request_uri", "htu"),
        *("iss", "aud", "target_link_uri", "jwks_uri"),
    )
)
NUMBERS = frozenset(("max_age", "requested_expiry", "exp", "iat", "nbf", "auth_time"))
SIGNED = frozenset(("request", "client_assertion", "assertion", "dpop", "software_statement"))
"""JWTs that clients make: shown as their header and the names of their claims."""
OBJECTS = frozenset(("claims", "authorization_details"))
NEVER = frozenset(("sub", "login_hint", "id_token_hint", "logout_hint"))


def parameters_of(given: Parameters, place: str, client_id: str | None = None) -> tuple[Parameter, ...]:
    """`client_id`: of the registered client that the request is of, the one long name that may stand."""
    found = (
        described(name, values[0], place, client_id, times=len(values))
        for name, values in given.values.items()
        if values
    )
    return tuple(one for one, _ in zip(found, range(PARAMETERS_AT_MOST), strict=False))


def of_request(request: Request, client_id: str | None = None) -> tuple[Parameter, ...]:
    """Query, form, and the headers that say who asks."""
    found = (
        *parameters_of(request.query, "query", client_id),
        *parameters_of(request.form, "form", client_id),
        *_headers(request, client_id),
    )
    return found[:PARAMETERS_AT_MOST]


def described(name: str, text: str, place: str, client_id: str | None = None, *, times: int = 1) -> Parameter:
    kept = value_of(name, text, client_id)
    return Parameter(
        name=name_of(name),
        value=None if kept is None else kept[:CHARACTERS_AT_MOST],
        characters=len(text),
        place=place,
        shape="" if kept is not None else shape_of(text),
        times=times,
    )


def value_of(name: str, text: str, client_id: str | None = None) -> str | None:
    """What may be kept of a value; None: nothing."""
    if name in NEVER:
        return None
    if name == "client_id":
        return text if text == client_id else words(text)
    for names, keep in KEEPERS:
        if name in names:
            return keep(text, client_id)
    return None


def name_of(name: str) -> str:
    """A parameter's name, which anybody may choose."""
    return _pieces(name)[:NAME_AT_MOST] if name.isascii() and name.isprintable() else HIDDEN


def words(text: str, client_id: str | None = None) -> str:
    """A list of plain words, separated by blanks."""
    found = text[:LOOKED_AT].split()
    shown = (one if one == client_id else _word(one) for one in found[:WORDS_AT_MOST])
    return " ".join(shown)


def address(uri: str, client_id: str | None = None) -> str:
    """Scheme, host, port and path as they were typed; of a query the names, of anything else that it is
    there. A path's piece that does not look like a word is hidden."""
    if uri == client_id:
        return uri
    uri = uri[:LOOKED_AT]
    if uri.startswith(URN):
        return URN + HIDDEN
    bare, has_fragment, _ = uri.partition("#")
    bare, has_query, query = bare.partition("?")
    scheme, separator, rest = bare.partition("://")
    if not separator:
        # An app's own scheme, a URN, or no address at all.
        shown = _pieces(bare)
    else:
        authority, slash, path = rest.partition("/")
        user, at, host = authority.rpartition("@")
        shown = f"{_pieces(scheme)}://{HIDDEN + at if user else at}{_host(host)}{slash}{_pieces(path)}"
    if has_query:
        names = (pair.partition("=") for pair in query.split("&"))
        shown += "?" + "&".join(
            f"{_pieces(name)}{equals}{HIDDEN if value else ''}" for name, equals, value in names
        )
    return (shown + (f"#{HIDDEN}" if has_fragment else ""))[:CHARACTERS_AT_MOST]


def signed(text: str, client_id: str | None = None) -> str | None:
    """A JWT that a client made: its header, the names of its claims, and the harmless ones. Not believed."""
    header, _, rest = text.partition(".")
    try:
        found = json.loads(from_base64url(header))
        claims = json.loads(from_base64url(rest.partition(".")[0])) if text.count(".") == 2 else {}
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(claims, dict):
        return None
    said = {
        "header": {name: _header(name, value) for name, value in _few(found)},
        "claims": {name_of(name): _claim(name, value, client_id) for name, value in _few(claims)},
    }
    return json.dumps(said, ensure_ascii=False)[:CHARACTERS_AT_MOST]


def shape_of(text: str) -> str:
    """What a hidden value looks like, in a word: many a mistake shows in that alone."""
    if not text:
        return "empty"
    if text != text.strip():
        return "blanks"
    for shape, pattern in SHAPES:
        if pattern.fullmatch(text):
            return shape
    return "text" if text.isascii() and text.isprintable() else "other"


SHAPES = (
    ("hex", re.compile(r"(?:[0-9a-f]{2}){16,}|(?:[0-9A-F]{2}){16,}")),
    ("base64url", re.compile(r"[A-Za-z0-9_-]+")),
    ("jwt", re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){2,4}")),
    ("base64", re.compile(r"[A-Za-z0-9+/]+={0,2}")),
)


def _keep_number(text: str, _client_id: str | None) -> str | None:
    return text if text.isascii() and text.isdigit() and len(text) <= 9 else words(text)


def _keep_object(text: str, _client_id: str | None) -> str | None:
    """The names in it. Values are what is asked about somebody."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return json.dumps(_names(found, 0), ensure_ascii=False)[:CHARACTERS_AT_MOST]


def _names(value: Any, depth: int) -> Any:
    if depth > 4:
        return HIDDEN
    if isinstance(value, dict):
        return {
            name_of(name): _word(inner)
            if name in {"type", "acr"} and isinstance(inner, str)
            else inner
            if name == "essential" and isinstance(inner, bool)
            else _names(inner, depth + 1)
            for name, inner in _few(value)
        }
    if isinstance(value, list):
        return [_names(one, depth + 1) for one in value[:5]]
    return None if value is None else HIDDEN


KEEPERS: tuple[tuple[frozenset[str], Callable[[str, str | None], str | None]], ...] = (
    (WORDS, words),
    (ADDRESSES, address),
    (NUMBERS, _keep_number),
    (SIGNED, signed),
    (OBJECTS, _keep_object),
)


def _headers(request: Request, client_id: str | None) -> Iterable[Parameter]:
    authorization = request.headers.get("authorization")
    if authorization is not None:
        scheme, _, rest = authorization.partition(" ")
        yield Parameter("Authorization", _pieces(scheme)[:20], len(rest), "header")
    proof = request.headers.get("dpop")
    if proof is not None:
        yield described("dpop", proof, "header", client_id)
    if request.content_type:
        yield Parameter(
            "Content-Type", _pieces(request.content_type)[:80], len(request.content_type), "header"
        )


def _few(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return list(value.items())[:PARAMETERS_AT_MOST]


def _header(name: str, value: Any) -> Any:
    """`kid` is a name that the client gave its key, and public with it."""
    if name == "kid" and isinstance(value, str) and value.isprintable() and not LONG_NUMBER.search(value):
        return value[:100]
    return _word(value) if name in WORDS and isinstance(value, str) else HIDDEN


def _claim(name: str, value: Any, client_id: str | None) -> Any:
    if name in NUMBERS and isinstance(value, int | float) and abs(value) < 10**10:
        return value
    if name == "aud" and isinstance(value, list):
        return [address(one, client_id) if isinstance(one, str) else HIDDEN for one in value[:5]]
    if not isinstance(value, str) or name in SIGNED:
        return HIDDEN
    return value_of(name, value, client_id) or HIDDEN


def _word(text: str) -> str:
    shown = _pieces(text)
    return HIDDEN if HIDDEN in shown else shown


def _host(host: str) -> str:
    """A name of a machine may be of any short letters and digits."""
    name, colon, port = host.partition(":") if not host.startswith("[") else (host, "", "")
    labels = (
        one if len(one) <= LABEL_AT_MOST and not LONG_NUMBER.search(one) else _pieces(one)
        for one in name.split(".")
    )
    return ".".join(labels) + colon + (port if len(port) <= 6 else HIDDEN)


def _pieces(text: str) -> str:
    """The text with all hidden that does not consist of plain words and small numbers."""

    def shown(found: re.Match[str]) -> str:
        # Letters may come percent-encoded: what counts is what they say.
        said = unquote(found[0])
        pieces = PIECE.findall(said)
        is_plain = all(PLAIN.fullmatch(piece) or CAMEL.fullmatch(piece) for piece in pieces)
        is_short = len(pieces) <= PIECES_AT_MOST and not (is_odd and _odd(pieces))
        return found[0] if is_plain and is_short and GROUPED_NUMBER.search(said) is None else HIDDEN

    text = text[:LOOKED_AT]
    for pattern in SOMEBODYS:
        text = pattern.sub(HIDDEN, text)
    is_odd = _odd(PIECE.findall(unquote(text))) > ODD_AT_MOST
    return RUN.sub(shown, text)


def _odd(pieces: Iterable[str]) -> int:
    """How many characters belong to pieces that read like no word."""
    return sum(len(piece) for piece in pieces if not (LIKE_A_WORD.fullmatch(piece) or CAMEL.fullmatch(piece)))
