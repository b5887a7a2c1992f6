"""The sector of a new client, claimed: of two who come with one host at the same moment the second waits, and
finds it taken, whichever way they come (the console, an approval, a manifest, RFC 7591).

People are known by the same `sub` in one sector (OpenID Connect Core 1.0 section 8.1).
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.crypto.digests import digest, from_base64url
from idp.oidc.clients.models import ClientRecord


def lock_sector(session: Session, sector: str) -> None:
    """Until the transaction ends; a second time costs nothing. Elsewhere than on PostgreSQL one writes at a
    time in any case."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(from_base64url(digest(f"sector {sector}"))[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def is_the_operators(session: Session, sector: str) -> bool:
    """Whether somebody has it who did not register by themselves."""
    query = select(ClientRecord.client_id).where(
        ClientRecord.sector == sector, ClientRecord.registration_mac.is_(None)
    )
    return session.scalar(query.limit(1)) is not None
