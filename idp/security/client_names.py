"""What clients are called in the reader's language."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.locales import current_locale
from idp.oidc.clients.metadata import Client, from_json
from idp.oidc.clients.models import ClientRecord


def names_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """By id, of those that are registered still; one question, however many there are."""
    rows = session.execute(
        select(
            ClientRecord.client_id,
            ClientRecord.sector,
            ClientRecord.metadata_json,
            ClientRecord.registration_mac.is_not(None).label("is_self_registered"),
        ).where(ClientRecord.client_id.in_(list(ids)))
    )
    found: dict[str, str] = {}
    for row in rows:
        metadata = from_json({**row.metadata_json, "client_id": row.client_id, "sector": row.sector})
        client = Client(metadata, (), True, is_self_registered=bool(row.is_self_registered))
        found[row.client_id] = client.name(current_locale()) or row.client_id
    return found
