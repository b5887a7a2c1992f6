"""The page where a visitor gets a person of their own."""

from random import SystemRandom

from flask import Response, make_response, render_template, request

from idp.extensions import services
from idp.locales import gettext as _
from idp.login import password_words
from idp.login.circumstances import address, context
from idp.login.services import login_services
from idp.people import password_rules
from idp.sandbox.people import making
from idp.sandbox.people.making import PasswordRefused, People, SandboxFull
from idp.sandbox.phone import phones
from idp.sandbox.room import blueprint

DAY = 86400


@blueprint.get("/sandbox/people/own")
def own_person() -> Response:
    return _page()


@blueprint.post("/sandbox/people/own")
def make_own_person() -> Response:
    """Who they are is on the answer to this form and nowhere else."""
    found = services()
    password = request.form.get("password", "")
    chosen, again = (
        password_rules.normalise(one) for one in (password, request.form.get("password_again", ""))
    )
    if chosen != again:
        return _page(errors={"password_again": _("The two passwords are not the same.")}, status=422)
    if problem := password_rules.problem_with(password):
        return _page(errors={"password": password_words.of(problem)}, status=422)
    if not _may_be_made():
        words = _("Enough people were made today. Use one whom you have, or come back tomorrow.")
        return _page(error=words, status=429)
    people = People(found.sessions, found.cipher, found.index, login_services().passwords, SystemRandom())
    try:
        drawn = people.make(password, with_phone="phone" in request.form, context=context(found.clock()))
    except PasswordRefused as refused:
        return _page(errors={"password": password_words.of(refused.problem)}, status=422)
    except SandboxFull:
        words = _("This sandbox is full. People whom nobody uses are forgotten in time; come back later.")
        return _page(error=words, status=503)
    made = {
        "name": drawn.name,
        "number": drawn.number.value,
        "phone": drawn.phone,
        "phone_url": None if drawn.phone is None else phones.address_of(drawn.phone),
    }
    return _page(made=made)


def _may_be_made() -> bool:
    throttle = services().throttle
    return throttle.allow_from(
        address(), "own sandbox people", making.A_DAY_FROM_ONE_ADDRESS, DAY
    ) and throttle.allow("own sandbox people of all", making.A_DAY, DAY)


def _page(*, status: int = 200, **shown: object) -> Response:
    return make_response(render_template("sandbox/own_person.html", **shown), status)
