"""`sub`: who a person is to a client."""

from idp.crypto.digests import keyed
from idp.oidc.clients.metadata import Client

PUBLIC_SECTOR = ""
"""No client's sector is empty."""


def sub_of(key: bytes, client: Client, person_id: str) -> str:
    """Pairwise by the client's sector (OpenID Connect Core 1.0 section 8.1), never from the ID number.

    The key lies outside the database, so neither a row nor two portals together can tell one person's
    values from another's.
    """
    metadata = client.metadata
    sector = metadata.sector if metadata.subject_type == "pairwise" else PUBLIC_SECTOR
    return keyed(key, sector, person_id)
