"""Signing in with an electronic business licence: by what it is carried."""

from flask import Response

from idp.extensions import services
from idp.login.licences.place import Place, current_place
from idp.login.room import blueprint
from idp.login.visits import current_visit, page


@blueprint.get("/login/licence")
def licence() -> Response:
    place = current_place()
    return current_visit().lead_on() if place is None else licence_page(place)


def licence_page(place: Place, *, status: int = 200, **shown: object) -> Response:
    visit = place.visit
    settings = services().settings.licences
    return page(
        "login/licence.html",
        visit,
        status=status,
        app_url=visit.url("login.licence_app"),
        signature_url=visit.url("login.licence_signature"),
        key_url=visit.url("login.licence_key") if settings.usb_key_origin else None,
        other_ways_url=place.other_ways_url,
        **shown,
    )
