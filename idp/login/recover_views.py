"""Getting back in: what was lost only changes the words; the proof is that of an enrolment."""

from flask import Response, make_response, redirect

from idp.login.enrolment.place import living_visit, start_for_our_own_pages
from idp.login.room import blueprint
from idp.login.visits import page
from idp.people.enrolment import Purpose


@blueprint.get("/recover")
def recover() -> Response:
    visit = living_visit()
    if visit is None:
        started = start_for_our_own_pages()
        return make_response(redirect(started.url("login.recover"), 303))
    onward = visit.url("login.enrol", flow=Purpose.RECOVER.value)
    return page(
        "login/recover.html",
        visit,
        password_url=onward,
        phone_url=onward,
        passkey_url=onward,
        sign_in_url=visit.url("login.identify"),
    )
