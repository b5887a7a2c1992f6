"""What happened at one's account; and saying of a sign-in that it was somebody else."""

from datetime import timedelta

from flask import Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from idp.account import activity_shown
from idp.account.home_views import may_change_credentials, reaches, signed_in_here
from idp.account.passkey_views import ask_for_more
from idp.account.room import blueprint
from idp.audit.events.measures import SignInDisowned
from idp.audit.recorded import Recorded
from idp.audit.searching import Sought, Span, find, read_cursor, search, written
from idp.browser import browser_digest
from idp.crypto.digests import digest, same
from idp.detection.opening import open_telling
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.login.circumstances import context, subject, wait_before
from idp.login.services import login_services
from idp.measures.disowning import DAYS, Disowning, TooOften, can_be_disowned
from idp.measures.opening import KEY as MEASURES
from idp.oidc.logout.ending import FORGET
from idp.oidc.room import provider
from idp.oidc.session_management import browser_state
from idp.people import credentials, directory
from idp.sessions import SignIn

PAGE = 20
KIND = "end-everything"
KEY = "yitong.disowning"


@blueprint.record_once
def _open(state: BlueprintSetupState) -> None:
    found = state.app.extensions["yitong"]

    def made() -> Disowning:
        return Disowning(state.app.extensions[MEASURES], found.throttle, open_telling(found.settings))

    state.app.extensions[KEY] = made


def disowning() -> Disowning:
    found: Disowning = current_app.extensions[KEY]()
    return found


@blueprint.get("/account/activity")
def activity() -> Response:
    signed_in = signed_in_here()
    after = request.args.get("after")
    try:
        cursor = None if after is None else read_cursor(after)
    except ValueError:
        abort(404)
    sought = Sought(person_id=signed_in.person_id, names=activity_shown.NAMES)
    page = search(services().engine, sought, cursor, PAGE)
    with reading() as session:
        shown = activity_shown.rows(session, page.events, browser_digest())
    disowned = _disowned(signed_in)
    for one in shown:
        one["is_disowned"] = one["id"] in disowned
    return make_response(
        render_template(
            "account/activity.html",
            items=shown,
            next_url=None if page.next is None else url_for("account.activity", after=written(page.next)),
            password_url=url_for("account.password"),
            account_url=url_for("account.home"),
        )
    )


@blueprint.get("/account/activity/<uuid:event_id>")
def sign_in_seen(event_id: object) -> Response:
    signed_in = signed_in_here()
    return _one(signed_in, _event(signed_in, str(event_id)))


@blueprint.post("/account/activity/<uuid:event_id>")
def disown(event_id: object) -> Response:
    signed_in = signed_in_here()
    event = _event(signed_in, str(event_id))
    if event.id in _disowned(signed_in):
        return _one(signed_in, event)
    by_session = digest(signed_in.sid)
    try:
        done = disowning().disown(event, by_session=by_session, context=context(services().clock()))
    except TooOften:
        words = _(
            "You have reported several sign-ins today already, and the security staff have them. If somebody "
            "goes on signing in, change your password, or have the account frozen at a service window."
        )
        return _one(signed_in, event, error=words, status=429)
    if done.was_here:
        # Whoever sits here now may be the one who was not the person.
        return _signed_out()
    return make_response(redirect(url_for("account.sign_in_seen", event_id=event.id), 303))


@blueprint.get("/account/activity/end-all")
def everywhere() -> Response:
    return _ending(signed_in_here())


@blueprint.post("/account/activity/end-all")
def end_everywhere() -> Response:
    """Everything, here as well. It takes a fresh proof: who finds this page open, or holds a session of
    somebody else's, must not throw the person out of everything."""
    signed_in = signed_in_here()
    if not may_change_credentials(signed_in):
        refused = _password_refused(signed_in)
        if refused is not None:
            return refused
    disowning().end_everything(signed_in.person_id, context=context(services().clock()))
    return _signed_out()


def _password_refused(signed_in: SignIn) -> Response | None:
    """None: the password was typed, and is right."""
    found = services()
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        stored = None if person is None else credentials.stored_password(session, person)
    if stored is None or not reaches(signed_in):
        return ask_for_more(signed_in)
    tried = subject(signed_in.person_id, KIND)
    if seconds := wait_before(tried):
        return _ending(signed_in, error=_("Too many tries."), wait_seconds=seconds, status=429)
    if not login_services().passwords.check(stored.hash, request.form.get("current", "")).is_correct:
        wait = found.throttle.failed(tried)
        errors = {"current": _("The present password is not right.")}
        return _ending(signed_in, errors=errors, wait_seconds=wait, status=422)
    found.throttle.succeeded(tried)
    return None


def _event(signed_in: SignIn, event_id: str) -> Recorded:
    """One of the person's own, or there is no such page."""
    event = find(services().engine, event_id)
    if event is None or not can_be_disowned(event, signed_in.person_id, services().clock()):
        abort(404)
    return event


def _disowned(signed_in: SignIn) -> frozenset[str]:
    """The sign-ins of which the person has said so."""
    now = services().clock()
    sought = Sought(
        person_id=signed_in.person_id,
        names=(SignInDisowned.name,),
        span=Span(now - timedelta(days=DAYS), None),
    )
    found = search(services().engine, sought, None, 100)
    return frozenset(str(event.fields.get("event_id")) for event in found.events)


def _one(signed_in: SignIn, event: Recorded, *, status: int = 200, **shown: object) -> Response:
    with reading() as session:
        (row,) = activity_shown.rows(session, (event,), browser_digest())
    page = render_template(
        "account/activity_one.html",
        item=row,
        is_disowned=event.id in _disowned(signed_in),
        is_this_one=same(str(event.fields.get("session_id")), digest(signed_in.sid)),
        action=url_for("account.disown", event_id=event.id),
        password_url=url_for("account.password"),
        everywhere_url=url_for("account.everywhere"),
        activity_url=url_for("account.activity"),
        **shown,
    )
    return make_response(page, status)


def _ending(signed_in: SignIn, *, status: int = 200, **shown: object) -> Response:
    with reading() as session:
        has_password = credentials.changed_at(session, signed_in.person_id) is not None
    page = render_template(
        "account/activity_end.html",
        asks_password=has_password and not may_change_credentials(signed_in),
        action=url_for("account.end_everywhere"),
        activity_url=url_for("account.activity"),
        **shown,
    )
    return make_response(page, status)


def _signed_out() -> Response:
    """The session has ended; its cookie goes, too, and the way leads to a new sign-in."""
    response = make_response(redirect(url_for("login.identify", next="/account/activity"), 303))
    for name, value in (*browser_state.forget(provider()), *FORGET):
        response.headers.add(name, value)
    return response
