"""The first page of an app: what programs need of it, how it stands, and what is missing."""

from typing import Any

from flask import Response

from idp.apps.editing import REASONS
from idp.apps.going_live.asking import looked_at
from idp.apps.going_live.checklist import Asked, lacking
from idp.apps.models import Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.developer import people, words
from idp.developer.checklist import items
from idp.developer.present import AppHere, app_here, developer_page
from idp.developer.room import blueprint
from idp.extensions import reading, services
from idp.login.circumstances import context
from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.room import provider

DISCOVERY = "/.well-known/openid-configuration"


@blueprint.get("/apps/<app_id>")
def app_overview(app_id: str) -> Response:
    return overview(app_here(app_id))


def overview(here: AppHere, *, status: int = 200, **shown: Any) -> Response:
    """`shown`: what of it is different after a form."""
    found = services()
    settings = found.settings
    client = None if here.client_id is None else provider().clients.known(here.client_id)
    with reading() as session:
        made_by = people.name(session, here.app.created_by)
    return developer_page(
        "developer/overview/overview.html",
        here,
        status=status,
        issuer=settings.issuer,
        discovery_url=f"{settings.issuer}{DISCOVERY}",
        registration=None if client is None else _registration(client.metadata),
        missing=[] if client is None else _missing(here, client.metadata),
        made_by=made_by,
        made_at=here.app.created_at,
        other_url=_other_console(),
        pause_url=f"{here.path}/pause" if here.may(Role.DEVELOPER) else None,
        resume_url=f"{here.path}/resume" if here.may(Role.DEVELOPER) else None,
        delete_url=f"{here.path}/delete" if here.may(Role.OWNER) else None,
        **shown,
    )


def refused(here: AppHere, why: DeveloperDeedRefused) -> Response:
    return overview(here, error=words.refusal(why.reason), status=422)


def _registration(metadata: ClientMetadata) -> dict[str, Any]:
    return {
        "profile": metadata.profile,
        "method": metadata.token_endpoint_auth_method,
        "grants": metadata.grant_types,
        "redirect_uris": metadata.redirect_uris,
        "sector": metadata.sector,
        "level": metadata.minimum_level,
    }


def _missing(here: AppHere, metadata: ClientMetadata) -> list[dict[str, Any]]:
    """Leads whoever may mend it to the section where that is done."""
    circumstances = context(services().clock())
    reasons = here.app.told.get(REASONS, {})
    if services().settings.sandbox:
        asked = Asked(metadata, reasons, None, is_sandbox=True, now=circumstances.at)
    else:
        asked = looked_at(here.app, metadata, reasons, circumstances)
    return items(lacking(asked), here.path if here.may(Role.DEVELOPER) else None, here.app.kind)


def _other_console() -> str | None:
    """Of the other deployment; None where there is none."""
    settings = services().settings
    other = settings.developer.production_issuer if settings.sandbox else settings.developer.sandbox_issuer
    return f"{other}/developer" if other else None
