"""The first page of an app."""

from flask import Response

from idp.developer.present import app_here, developer_page
from idp.developer.room import blueprint
from idp.extensions import services

DISCOVERY = "/.well-known/openid-configuration"


@blueprint.get("/apps/<app_id>")
def app_overview(app_id: str) -> Response:
    here = app_here(app_id)
    issuer = services().settings.issuer
    return developer_page(
        "developer/overview/overview.html", here, issuer=issuer, discovery_url=f"{issuer}{DISCOVERY}"
    )
