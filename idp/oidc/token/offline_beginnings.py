"""How a grant with offline access begins: its row."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from idp.oidc.token.codes import Authorization
from idp.oidc.token.offline_grants import OfflineGrant
from idp.storage.prepared import Prepared

NEW = Prepared(insert(OfflineGrant.__table__))  # type: ignore[arg-type]


def row(
    grant_id: str,
    authorization: Authorization,
    bound_to: Mapping[str, str],
    now: datetime,
    *,
    idle: timedelta,
) -> dict[str, Any]:
    """What `NEW` writes of a grant that begins."""
    return {
        "id": grant_id,
        "client_id": authorization.client_id,
        "person_id": authorization.person_id,
        "consent_id": authorization.consent_id,
        "session_id": authorization.session_id,
        "claims": authorization.claims,
        "scopes": list(authorization.scopes),
        "resources": list(authorization.resources),
        "details": authorization.details,
        "mandate_id": authorization.mandate_id,
        "confirmation": dict(bound_to),
        "auth_time": authorization.auth_time,
        "acr": authorization.acr,
        "amr": list(authorization.amr),
        "generation": 0,
        "rotated_at": None,
        "used_at": now,
        "expires_at": now + idle,
    }


def start(
    session: Session,
    grant_id: str,
    authorization: Authorization,
    bound_to: Mapping[str, str],
    now: datetime,
    *,
    idle: timedelta,
) -> None:
    """The caller commits."""
    NEW.run(session.connection(), row(grant_id, authorization, bound_to, now, idle=idle))
