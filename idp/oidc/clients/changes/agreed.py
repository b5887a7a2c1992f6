"""What people agreed to when they allowed a client something: its name, and where the answers go."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.clients.uris import csp_source
from idp.oidc.sharing import Consent
from idp.oidc.token.offline_grants import OfflineGrant
from idp.storage.database import deleted


def end_what_people_allowed(session: Session, client_id: str) -> tuple[int, int]:
    """How many consents and how many grants with offline access. The caller commits."""
    grants = deleted(session, delete(OfflineGrant).where(OfflineGrant.client_id == client_id))
    return deleted(session, delete(Consent).where(Consent.client_id == client_id)), grants


def reads_differently(before: ClientMetadata, after: ClientMetadata) -> bool:
    """Whether the page on which people agreed would say something else."""
    return before.localized.get("client_name") != after.localized.get("client_name") or (
        _places(before) != _places(after)
    )


def _places(metadata: ClientMetadata) -> frozenset[str]:
    """Where answers go, as the page names it: an app has a scheme and no host."""
    return frozenset(map(csp_source, metadata.redirect_uris))
