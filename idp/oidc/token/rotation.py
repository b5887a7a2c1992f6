"""Which refresh token follows which.

Public clients get a new one each time (RFC 9700 section 4.14.2), confidential ones keep theirs (FAPI 2.0
section 5.3.2.1). While a rotation's answer may still be on its way, the token before gives the same
successor, without a write; after the successor's first use, or a minute, it is a token that somebody stole,
and the grant ends.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from idp.oidc.token import offline_grants
from idp.oidc.token.offline_grants import OfflineGrant, Standing
from idp.oidc.token.refresh_tokens import RefreshToken
from idp.storage.database import changed

GRACE = timedelta(seconds=60)


class Reused(Exception):
    """A refresh token came after its successor had been used, or long after it was replaced."""


def successor(
    session: Session, found: Standing, token: RefreshToken, now: datetime, *, idle: timedelta
) -> RefreshToken:
    """The refresh token that follows `token`. Raises Reused. The caller commits."""
    if token.generation == found.generation:
        statement = (
            update(OfflineGrant)
            .where(OfflineGrant.id == found.id, OfflineGrant.generation == token.generation)
            .values(generation=token.generation + 1, rotated_at=now, used_at=now, expires_at=now + idle)
        )
        if changed(session, statement) == 1:
            return RefreshToken(found.id, token.generation + 1)
        # Somebody else's request rotated it between our look and our write.
        again = offline_grants.find(session.connection(), found.id, now)
        if again is None:
            raise Reused
        found = again
    if token.generation == found.generation - 1 and found.rotated_at and now - found.rotated_at <= GRACE:
        return RefreshToken(found.id, found.generation)
    raise Reused
