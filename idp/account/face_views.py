"""One's face: the consents that stand about it, what may be kept of it, and taking each of them back."""

from flask import Response, abort, make_response, redirect, render_template, request, url_for

from idp.account import kept_faces
from idp.account.home_views import signed_in_here, to_home
from idp.account.room import blueprint
from idp.extensions import reading, services, transaction
from idp.locales import current_locale
from idp.login.circumstances import context
from idp.login.face import keeping
from idp.people import directory, face_consents
from idp.people.models import FacePurpose

KEEPINGS = {purpose.value: purpose for purpose in (FacePurpose.TEMPLATE, FacePurpose.EVIDENCE)}


@blueprint.post("/account/face-consent/withdraw")
def withdraw_face_consent() -> Response:
    return _withdraw(FacePurpose.CHECK)


@blueprint.post("/account/face-keeping/<purpose>/withdraw")
def withdraw_face_keeping(purpose: str) -> Response:
    if purpose not in KEEPINGS:
        abort(404)
    return _withdraw(KEEPINGS[purpose])


@blueprint.get("/account/face-keeping")
def face_keeping_page() -> Response:
    signed_in = signed_in_here()
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        offers = () if person is None else kept_faces.offers_to(session, person)
    if not offers:
        return to_home()
    page = render_template(
        "login/face_keeping.html",
        offers=offers,
        agree_url=url_for("account.face_keeping_page"),
        account_url=url_for("account.home"),
    )
    return make_response(page)


@blueprint.post("/account/face-keeping")
def agree_to_face_keeping() -> Response:
    signed_in = signed_in_here()
    found = services()
    with transaction() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        if person is not None and kept_faces.offers_to(session, person):
            keeping.agree(
                session,
                person.id,
                request.form.get("purpose", ""),
                request.form.get("text_version", ""),
                settings=found.settings.liveness,
                locale=current_locale(),
                context=context(found.clock()),
            )
    return make_response(redirect(url_for("account.face_keeping_page"), 303))


def _withdraw(purpose: FacePurpose) -> Response:
    signed_in = signed_in_here()
    now = services().clock()
    with transaction() as session:
        face_consents.withdraw(session, signed_in.person_id, purpose, context=context(now))
    return to_home()
