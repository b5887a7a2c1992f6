"""What one request alone asks a person to agree to, beside scopes and claims: details, a stated purpose, and
where else than at userinfo its tokens are to be used.

Each has a digest, keyed, as its content can be guessed. By it a consent remembers what was agreed to, an
interaction what was agreed to in it, and the audit log what it was about.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.crypto.digests import keyed
from idp.oidc.details.reading import Detail

PURPOSE, RESOURCE = "purpose", "resource"
"""Among the kinds, beside the names of types. A resource (RFC 8707): at whose door a token opens something is
agreed to like anything else, or a client could add it behind a consent that never showed it."""
PURPOSE_AT_LEAST, PURPOSE_AT_MOST = 3, 300
"""Characters of a stated purpose. It stood in OpenID Connect for Identity Assurance 1.0 until its fourth
Implementer's Draft (section 8, Transaction-specific Purpose), was taken out before 1.0 became final, and
goes on as the draft "OAuth 2 Purpose Request Parameter" (section 3), with these bounds in both."""


@dataclass(frozen=True, slots=True)
class Particulars:
    details: str = ""
    """Sealed (`kept`), as the purpose is."""
    purpose: str = ""
    """In the client's own words."""
    kinds: tuple[str, ...] = ()
    """Names of the types, `purpose` and `resource`."""
    digests: tuple[str, ...] = ()
    """In the same order."""
    once: tuple[str, ...] = ()
    """Of these, what no consent remembers."""
    minimum_level: int = 0
    """How sure of the person the types need us to be."""

    def to_ask(self, remembered: Collection[str]) -> frozenset[str]:
        """What has to be agreed to, given what a consent remembers."""
        return frozenset(self.digests) - (frozenset(remembered) - frozenset(self.once))

    @property
    def memorable(self) -> dict[str, str]:
        """Digest -> kind, of what a consent may remember."""
        found = zip(self.digests, self.kinds, strict=True)
        return {digest: kind for digest, kind in found if digest not in self.once}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Particulars":
        """Inverse of `asdict`, after it has been JSON."""
        fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in value.items()}
        return cls(**fields)


NOTHING = Particulars()


def digest_of(key: bytes, client_id: str, kind: str, text: str) -> str:
    return keyed(key, client_id, kind, text)


def digests_of(key: bytes, client_id: str, details: Iterable[Detail]) -> tuple[str, ...]:
    return tuple(digest_of(key, client_id, one.type.type, one.text) for one in details)


def digests_of_places(key: bytes, client_id: str, uris: Iterable[str], issuer: str) -> tuple[str, ...]:
    """Of resources, without our own."""
    return tuple(digest_of(key, client_id, RESOURCE, uri) for uri in uris if uri != issuer)
