"""Secrets and keys of clients: who looks after an app is told before one runs out; old ones are dropped."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.apps.models import App
from idp.apps.telling import tell_team
from idp.commands.duties.duty import Duty
from idp.extensions import Services
from idp.messages import texts
from idp.oidc.clients.credentials import expiring, named_secrets
from idp.oidc.clients.credentials.expiring import Expiring
from idp.oidc.clients.metadata import from_json
from idp.oidc.clients.models import ClientRecord


def credentials_duty(found: Services) -> Duty:
    """Every hour: a warning need not come to the minute."""
    before = timedelta(days=found.settings.client_secrets.warning_days)

    def do() -> None:
        now = found.clock()
        with found.sessions.begin() as session:
            expiring.warn(session, now, before=before, tell=telling(found))
        with found.sessions.begin() as session:
            named_secrets.sweep(session, now)

    return Duty("secrets and keys of clients", timedelta(hours=1), do)


def telling(found: Services) -> expiring.Tell:
    """The team's owners and developers."""
    locale = found.settings.default_locale

    def tell(session: Session, one: Expiring, now: datetime) -> int:
        app = session.scalars(select(App).where(App.client_id == one.client_id)).one_or_none()
        if app is None:
            return 0  # the operator's: the log says so, and `idp clients secret list`
        page = f"{found.settings.issuer}/developer/apps/{app.id}/keys"
        text = texts.credential_expiring(locale, _name(session, one.client_id, locale), one.expires_at, page)
        subject = texts.credential_expiring_subject(locale)
        return tell_team(session, found.cipher, app.team_id, subject, text, locale=locale, now=now)

    return tell


def _name(session: Session, client_id: str, locale: str) -> str:
    record = session.get_one(ClientRecord, client_id)
    fields = {**record.metadata_json, "client_id": client_id, "sector": record.sector}
    return from_json(fields).text("client_name", locale)
