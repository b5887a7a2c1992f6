"""What a refresh token looks like: grant, generation, and a MAC over both. Nothing of it is kept.

Since the next generation's token follows from the grant, two requests that refresh at the same moment
get the same successor, and an answer that was lost on its way can be asked for again.
"""

from dataclasses import dataclass

from idp.crypto.digests import keyed, same

CHARACTERS_AT_MOST = 120


@dataclass(frozen=True, slots=True)
class RefreshToken:
    grant_id: str
    generation: int
    """0 is the first; a rotation adds one."""


def write(key: bytes, token: RefreshToken) -> str:
    return f"{token.grant_id}.{token.generation}.{_mac(key, token)}"


def read(key: bytes, text: str) -> RefreshToken | None:
    """None for anything that we did not write."""
    parts = text.split(".")
    if len(text) > CHARACTERS_AT_MOST or len(parts) != 3 or not text.isascii():
        return None
    grant_id, generation, mac = parts
    if not generation.isdigit() or generation != str(int(generation)):
        return None
    token = RefreshToken(grant_id, int(generation))
    return token if same(mac, _mac(key, token)) else None


def _mac(key: bytes, token: RefreshToken) -> str:
    return keyed(key, "refresh", token.grant_id, str(token.generation))
