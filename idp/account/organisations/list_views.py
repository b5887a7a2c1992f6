"""The organisations for which a person acts, and adding one that they represent."""

from flask import Response, make_response, render_template, request, url_for

from idp.account.mandates.facts import role_of
from idp.account.organisations.organisation_views import LONGEST_TEXT, to_organisation
from idp.account.organisations.place import ORGANISATIONS, places_of
from idp.account.proving import signed_in_at
from idp.account.room import blueprint
from idp.business import credit_code
from idp.business.credit_code import InvalidCode
from idp.extensions import reading, services, transaction
from idp.login.circumstances import context
from idp.mandates import roots
from idp.oidc.acting import words
from idp.oidc.acting.adding import NotAdded
from idp.oidc.choosing_views import adding
from idp.oidc.levels import VERIFIED
from idp.sessions import SignIn


@blueprint.get(ORGANISATIONS)
def organisations() -> Response:
    signed_in = signed_in_at(ORGANISATIONS, level=VERIFIED)
    with transaction() as session:
        # Whom the register names by now is a representative here without being asked.
        roots.represents(
            session, signed_in.person_id, context=context(services().clock()), ends=services().ends
        )
    return _page(signed_in)


@blueprint.post(ORGANISATIONS)
def add_organisation() -> Response:
    signed_in = signed_in_at(ORGANISATIONS, level=VERIFIED)
    typed = request.form.get("code", "")[:LONGEST_TEXT]
    try:
        code = credit_code.parse(typed)
        mandate_id = adding().add(signed_in.person_id, code, context=context(services().clock()))
    except InvalidCode as invalid:
        return _page(signed_in, typed=typed, code_error=words.of_code(invalid), status=422)
    except NotAdded as refused:
        return _page(signed_in, typed=typed, code_error=words.REFUSALS[refused.reason](), status=422)
    with reading() as session:
        places = places_of(session, signed_in.person_id, services().clock())
    added = next(place for place in places if place.own.mandate_id == mandate_id)
    return to_organisation(added.id, "added")


def _page(signed_in: SignIn, *, status: int = 200, **shown: object) -> Response:
    with reading() as session:
        places = places_of(session, signed_in.person_id, services().clock())
        page = render_template(
            "account/organisations.html",
            organisations=[
                {
                    "name": place.name,
                    "code": place.organisation.code,
                    "role": role_of(place.own.role),
                    "url": place.path,
                }
                for place in places
            ],
            account_url=url_for("account.home"),
            **shown,
        )
    return make_response(page, status)
