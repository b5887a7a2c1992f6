"""Secrets of clients, for tests that put clients into the database by themselves."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.oidc.clients.credentials.client_secrets import ClientSecret, secret_mac
from idp.storage.base import new_id


def secret_row(key: bytes, client_id: str, secret: str, at: datetime, **fields: object) -> ClientSecret:
    """`key`: of the MACs that are kept."""
    row = ClientSecret(
        id=new_id(at),
        client_id=client_id,
        label="",
        mac=secret_mac(key, client_id, secret),
        made_by_kind="operator",
        created_at=at,
    )
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def secrets_of(session: Session, client_id: str) -> list[ClientSecret]:
    found = select(ClientSecret).where(ClientSecret.client_id == client_id)
    return list(session.scalars(found.order_by(ClientSecret.id)))
