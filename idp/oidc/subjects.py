"""`sub` and `sid`: who a person is to a client, and which session of theirs this is; and whom they act for
there, on the strength of which mandate."""

from idp.crypto.digests import keyed
from idp.oidc.clients.metadata import Client

PUBLIC_SECTOR = ""
"""No client's sector is empty."""


def sub_of(key: bytes, client: Client, person_id: str) -> str:
    """Pairwise by the client's sector (OpenID Connect Core 1.0 section 8.1), never from the ID number.

    The key lies outside the database, so neither a row nor two portals together can tell one person's
    values from another's.
    """
    return keyed(key, _sector(client), person_id)


def sid_of(key: bytes, client: Client, session_id: str) -> str:
    """Pairwise as well: one value of a session at all portals would tell two of them together whom their
    `sub` values stand for."""
    return keyed(key, "sid", _sector(client), session_id)


def organisation_sub_of(key: bytes, client: Client, organisation_id: str) -> str:
    """Who an organisation is to a client. Its code is public, but that it comes to two sites is nobody's who
    was not given the code."""
    return keyed(key, "organisation", _sector(client), organisation_id)


def mandate_id_of(key: bytes, client: Client, mandate_id: str) -> str:
    """By what a client knows a mandate. Pairwise like the rest, or it would tell two sites that one person
    comes to both."""
    return keyed(key, "mandate", _sector(client), mandate_id)


def _sector(client: Client) -> str:
    metadata = client.metadata
    return metadata.sector if metadata.subject_type == "pairwise" else PUBLIC_SECTOR
