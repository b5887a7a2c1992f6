"""Two spellings of one address (RFC 9449 section 4.3: by RFC 3986 sections 6.2.2 and 6.2.3)."""

import re
from urllib.parse import urlsplit

CHARACTERS_AT_MOST = 2048
PORTS = {"https": 443, "http": 80}
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def names(htu: str, address: str) -> bool:
    """Whether `htu` means `address`, query and fragment apart."""
    return htu == address or ((found := _normal(htu)) is not None and found == _normal(address))


def _normal(uri: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port and path; None for what is no address of a web server."""
    if len(uri) > CHARACTERS_AT_MOST or any(c <= " " or c >= "\x7f" or c == "\\" for c in uri):
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme], _path(parts.path)


def _path(path: str) -> str:
    """Without dot segments, and escaped only where it must be."""

    def plain(escaped: re.Match[str]) -> str:
        character = chr(int(escaped[1], 16))
        return character if character in UNRESERVED else escaped[0].upper()

    kept: list[str] = []
    segments = re.sub(r"%([0-9A-Fa-f]{2})", plain, path).split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
