"""What the sandbox's telephone received, who lives there, and its organisations. In the sandbox alone."""

from flask import Response, abort, make_response, render_template

from idp.business.licences.sandbox.authority import Which, authority_of
from idp.business.sandbox import population as organisations
from idp.extensions import services
from idp.locales import gettext
from idp.login.visits import current_sign_in
from idp.people import directory
from idp.people.sandbox.families import CARES
from idp.people.sandbox.population import population
from idp.sandbox.outcomes import api
from idp.sandbox.people import views as own_people
from idp.sandbox.phone import camera, phones
from idp.sandbox.phone import views as phone
from idp.sandbox.room import blueprint

__all__ = ["api", "blueprint", "camera", "own_people", "phone"]


@blueprint.get("/sandbox/messages")
def messages() -> Response:
    found, signed_in = services(), current_sign_in()
    shown = [
        {"sent_at": one.at, "to": one.phone, "text": one.text}
        for one in phones.messages_for(None if signed_in is None else signed_in.person_id)
    ]
    today = directory.day_in_china(found.clock())
    everybody = population(today)
    names = {person.serial: person.name for person in everybody}
    people = [
        {
            "name": person.name,
            "number": person.number.value,
            "phone": person.phone,
            "password": person.account.password if person.account else None,
            "note": gettext(person.highlight) if person.highlight else None,
            "cares_for": [names[care.ward] for care in CARES if care.guardian == person.serial],
        }
        for person in everybody
    ]
    known = [
        {
            "name": one.registered.name,
            "code": one.code.value,
            "represented_by": one.registered.representative.name if one.registered.representative else None,
            "note": gettext(one.good_for),
        }
        for one in organisations.population(today)
    ]
    page = render_template("sandbox/messages.html", messages=shown, people=people, organisations=known)
    return make_response(page)


@blueprint.get("/sandbox/licences/<any(sm2, ecdsa, rsa):kind>/<any(root, issuing):which>.crl")
def licence_list(kind: str, which: Which) -> Response:
    """Where the sandbox's licences say that they can be looked up (RFC 5280 section 4.2.1.13)."""
    found = services()
    settings = found.settings
    authority = authority_of(settings.path(settings.data_directory), kind, settings.issuer)
    if authority is None:
        abort(404)
    return Response(authority.revocation_list(which, found.clock()), mimetype="application/pkix-crl")
