"""The clerk's page for an activation code: the card seen, the face compared, the code shown once."""

from flask import Response, request, url_for

from idp.staff.roles import StaffRole
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import staff_here, staff_page
from idp.window import activation
from idp.window.card import CardForm
from idp.window.room import blueprint


@blueprint.get("/window/activation")
def activation_page() -> Response:
    return _page(staff_here(StaffRole.CLERK))


@blueprint.post("/window/activation")
def make_activation_code() -> Response:
    clerk = staff_here(StaffRole.CLERK)
    card = CardForm(request.form)
    number, values = card.number(), card.values
    if not card.seen() or card.errors:
        return _page(clerk, errors=card.errors, values=values, status=422)
    made = activation.make(clerk, number)
    if made.why is not None:
        status = 429 if made.why is activation.Why.TOO_MANY else 422
        return _page(clerk, error=activation.words(made.why), values=values, status=status)
    return _page(clerk, code=made.code, code_days=made.days)


def _page(clerk: StaffSignIn, *, status: int = 200, **shown: object) -> Response:
    return staff_page(
        "window/activation.html", clerk, status=status, home_url=url_for("window.home"), **shown
    )
