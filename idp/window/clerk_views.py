"""The clerk's side: enter the code, see who asks, name the person, say what was checked, wait."""

from contextlib import suppress
from dataclasses import dataclass

from flask import Response, abort, jsonify, request, url_for

from idp.audit.events.window import (
    WindowCodeRefused,
    WindowCodeTaken,
    WindowGivenUp,
    WindowPersonOffered,
    WindowPersonRefused,
)
from idp.browser import browser_digest
from idp.crypto.digests import same
from idp.extensions import reading, services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.login import circumstances
from idp.login.presence_views import face_problem
from idp.oidc.device.verification import coarse
from idp.oidc.room import provider
from idp.staff.roles import StaffRole
from idp.staff.sessions import StaffSignIn
from idp.staff_pages import admission
from idp.staff_pages.present import context, staff_here, staff_page, to
from idp.staff_pages.room import staff_services
from idp.storage.throttle import network
from idp.window import activation, clerk_words
from idp.window.card import CardForm
from idp.window.helping import Checked, Held, Help, HelpChanged, State
from idp.window.naming import TO_ENROL, Named, Why, name
from idp.window.room import blueprint, helps

HOUR = 3600
CODE_KIND = "window-code"


@blueprint.get("/window")
def home() -> Response:
    return _code_page(staff_here(StaffRole.CLERK))


@blueprint.post("/window")
def enter_code() -> Response:
    clerk = staff_here(StaffRole.CLERK)
    tried = circumstances.subject(clerk.staff_id, CODE_KIND)
    if seconds := admission.wait_before(tried):
        return _code_page(clerk, error=_("Too many tries."), wait_seconds=seconds, status=429)
    now = services().clock()
    taken = helps().take(request.form.get("code", ""), clerk, now)
    if taken is None:
        services().audit.append(WindowCodeRefused(clerk.staff_id, "wrong"), context())
        wait = services().throttle.failed(tried)
        words = _(
            "This code is not good, or not any more. Look again at the device; it can show you a new one."
        )
        return _code_page(clerk, errors={"code": words}, wait_seconds=wait, status=422)
    services().throttle.give_back(tried)
    services().audit.append(WindowCodeTaken(clerk.staff_id, taken.client_id, taken.level), context())
    if same(taken.browser, browser_digest()):
        # Or the clerk would answer for the person.
        _end(clerk, taken.id, "same_browser")
        words = _("This is the browser that shows the code. Use a device of your own for the clerk's side.")
        return _code_page(clerk, error=words, status=422)
    return to("window.help_page", help_id=taken.id)


@blueprint.get("/window/help/<help_id>")
def help_page(help_id: str) -> Response:
    clerk = staff_here(StaffRole.CLERK)
    return _help_page(clerk, _held(clerk, help_id))


@blueprint.get("/window/help/<help_id>/state")
def help_state(help_id: str) -> Response:
    """For the page's script: whether to look again."""
    clerk = staff_here(StaffRole.CLERK)
    return jsonify({"state": _held(clerk, help_id).help.stands(services().clock())})


@blueprint.post("/window/help/<help_id>")
def name_person(help_id: str) -> Response:
    clerk = staff_here(StaffRole.CLERK)
    held = _held(clerk, help_id)
    if held.help.stands(services().clock()) != State.TAKEN:
        return to("window.help_page", help_id=help_id)
    card = CardForm(request.form)
    number, holder, checked = card.number(), card.name(), card.checked()
    if not card.seen() or card.errors or checked is None:
        return _help_page(clerk, held, errors=card.errors, values=card.values, status=422)
    typed = _Typed(number, holder, checked, card.values)
    per_hour = services().settings.staff.window_sign_ins_per_hour
    if not services().throttle.allow(f"window people {clerk.staff_id}", per_hour, HOUR):
        _note_refused(clerk, held.help, "too_many")
        words = _("You have helped as many people as one clerk may in an hour. A colleague can go on.")
        return _help_page(clerk, held, error=words, values=typed.values, status=429)
    found = services()
    with reading() as session:
        named = name(
            session,
            staff_services().accounts,
            clerk.staff_id,
            typed.number,
            typed.name,
            level=held.help.level,
            cipher=found.cipher,
        )
    if named.why in TO_ENROL and request.form.get("decision") == "enrol":
        return _lead_to_enrolment(clerk, held, typed)
    if named.why is not None:
        return _not_offered(clerk, held, named, typed)
    return _offer(clerk, held, named, typed)


@blueprint.post("/window/help/<help_id>/give-up")
def give_up(help_id: str) -> Response:
    clerk = staff_here(StaffRole.CLERK)
    _end(clerk, _held(clerk, help_id).help.id, "given_up")
    return to("window.home")


@dataclass(frozen=True, slots=True, repr=False)
class _Typed:
    number: str
    name: str
    checked: Checked
    values: dict[str, str]


def _offer(clerk: StaffSignIn, held: Held, named: Named, typed: _Typed) -> Response:
    person = named.person
    if person is None:
        abort(404)
    if typed.checked is Checked.FACE_AT_DEVICE and (problem := face_problem(person)) is not None:
        return _help_page(clerk, held, error=problem, values=typed.values, status=422)
    event = WindowPersonOffered(clerk.staff_id, person.id, held.help.client_id, typed.checked.value)
    # Before the device asks: what it asks has been said by somebody who is known.
    services().audit.append(event, context(held.help.interaction_id))
    with suppress(HelpChanged):
        helps().change(
            held,
            services().clock(),
            state=State.OFFERED,
            person_id=person.id,
            name_masked=named.name_masked,
            checked=typed.checked.value,
        )
    return to("window.help_page", help_id=held.help.id)


def _not_offered(clerk: StaffSignIn, held: Held, named: Named, typed: _Typed) -> Response:
    why = named.why or Why.UNKNOWN
    _note_refused(clerk, held.help, why.value, None if named.person is None else named.person.id)
    return _help_page(
        clerk,
        held,
        error=clerk_words.why(why),
        values=typed.values,
        may_enrol=why in TO_ENROL,
        status=422,
    )


def _lead_to_enrolment(clerk: StaffSignIn, held: Held, typed: _Typed) -> Response:
    made = activation.make(clerk, typed.number)
    if made.why is not None:
        return _help_page(clerk, held, error=activation.words(made.why), values=typed.values, status=422)
    try:
        changed = helps().change(held, services().clock(), state=State.TO_ENROL)
    except HelpChanged:
        return to("window.help_page", help_id=held.help.id)
    activation.note_led(clerk, held.help)
    return _help_page(clerk, Held(changed, b""), code=made.code, code_days=made.days)


def _note_refused(clerk: StaffSignIn, asked: Help, reason: str, person_id: str | None = None) -> None:
    event = WindowPersonRefused(clerk.staff_id, reason, person_id, asked.client_id)
    services().audit.append(event, context(asked.interaction_id))


def _end(clerk: StaffSignIn, help_id: str, reason: str) -> None:
    held = helps().of_clerk(help_id, clerk.staff_id)
    now = services().clock()
    if held is None or held.help.is_over(now):
        return
    try:
        helps().change(held, now, state=State.GIVEN_UP)
    except HelpChanged:
        return
    event = WindowGivenUp(clerk.staff_id, held.help.client_id, reason)
    services().audit.append(event, context(held.help.interaction_id))


def _held(clerk: StaffSignIn, help_id: str) -> Held:
    held = helps().of_clerk(help_id, clerk.staff_id)
    if held is None:
        abort(404)
    return held


def _code_page(clerk: StaffSignIn, *, status: int = 200, **shown: object) -> Response:
    return staff_page(
        "window/home.html", clerk, status=status, activation_url=url_for("window.activation_page"), **shown
    )


def _help_page(clerk: StaffSignIn, held: Held, *, status: int = 200, **shown: object) -> Response:
    asked = held.help
    locale = current_locale()
    client = None if asked.client_id is None else provider().clients.find(asked.client_id)
    return staff_page(
        "window/help.html",
        clerk,
        status=status,
        state=asked.stands(services().clock()),
        service=_("My account") if client is None else client.name(locale),
        organisation=None if client is None else client.metadata.text("organization_name", locale) or None,
        level=asked.level,
        shown_at=asked.shown_at,
        place=coarse(asked.address),
        is_same_network=network(asked.address) == network(circumstances.address()),
        name_masked=asked.name_masked,
        by_face=asked.checked == Checked.FACE_AT_DEVICE,
        action=url_for("window.name_person", help_id=asked.id),
        state_url=url_for("window.help_state", help_id=asked.id),
        give_up_url=url_for("window.give_up", help_id=asked.id),
        page_url=url_for("window.help_page", help_id=asked.id),
        next_url=url_for("window.home"),
        **shown,
    )
