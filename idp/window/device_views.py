"""The device in front of the person: it shows a code, asks whether the clerk's word is right, and signs in.

Whoever began the sign-in here decides: without their yes at this device nothing that a clerk says counts.
"""

from dataclasses import replace
from datetime import datetime

from flask import Response, jsonify, make_response, redirect, request
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.window import WindowAnswered, WindowCodeShown, WindowSignIn
from idp.browser import browser_digest
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.login import admission, circumstances
from idp.login.visits import Visit, current_sign_in, current_visit, decided, page
from idp.oidc.next_step import Step
from idp.people.models import Person
from idp.session_proofs import Proof
from idp.staff import accounts
from idp.staff import sessions as staff_sessions
from idp.staff.roles import StaffRole
from idp.window import telling
from idp.window.helping import Checked, Held, Help, HelpChanged, State
from idp.window.room import blueprint, helps

METHOD = "window"
LEVEL = 3
AMR = ("user", "mca")
"""RFC 8176: the person was there, and said so over another channel than the clerk did. No value of it stands
for a face that somebody has looked at."""
CODES_OF_ONE_DEVICE = 40
CODES_OF_ONE_ADDRESS = 600
"""In an hour: a hall of devices may share one address."""
HOUR = 3600
NONE = "none"
"""The state of a device that shows no code yet."""
OPEN_STEPS = frozenset({Step.LOGIN, Step.PRESENCE})


@blueprint.get("/login/window")
def device() -> Response:
    visit = current_visit()
    return _page(visit) if _is_wanted(visit) else visit.lead_on()


@blueprint.post("/login/window")
def show_code() -> Response:
    """The first code, or another one."""
    visit = current_visit()
    if not _is_wanted(visit):
        return visit.lead_on()
    found, now = services(), services().clock()
    allow = found.throttle
    if not allow.allow(f"window codes {browser_digest()}", CODES_OF_ONE_DEVICE, HOUR) or not allow.allow_from(
        circumstances.address(), "window codes", CODES_OF_ONE_ADDRESS, HOUR
    ):
        words = _("This device has shown too many codes. Ask the clerk, or choose another way.")
        return _page(visit, error=words, status=429)
    helps().begin(
        visit.id,
        browser=browser_digest(),
        client_id=visit.client_id,
        level=visit.level_asked,
        address=circumstances.address(),
        now=now,
    )
    event = WindowCodeShown(visit.client_id, visit.level_asked)
    found.audit.append(event, circumstances.context(now, visit.id))
    return _to_device(visit)


@blueprint.get("/login/window/state")
def device_state() -> Response:
    """For the page's script: whether to look again."""
    visit = current_visit()
    held = helps().of_device(visit.id, browser_digest())
    now = services().clock()
    return jsonify({"state": NONE if held is None else held.help.stands(now)})


@blueprint.post("/login/window/answer")
def answer() -> Response:
    visit = current_visit()
    held = helps().of_device(visit.id, browser_digest())
    now = services().clock()
    if held is None or held.help.state is not State.OFFERED or held.help.is_over(now):
        return _to_device(visit)
    if not _is_wanted(visit):
        return visit.lead_on()
    try:
        if request.form.get("decision") != "confirm":
            _answered(held, State.REFUSED, "refused", now)
            return _to_device(visit)
        if not clerk_stands(held.help, now):
            _answered(held, State.GIVEN_UP, "clerk_gone", now)
            return _to_device(visit)
        return _confirmed(visit, held, now)
    except HelpChanged:
        return _to_device(visit)


@blueprint.get("/login/window/answer")
def answered() -> Response:
    """A reload, or the language switch, on the page that followed an answer."""
    return _to_device(current_visit())


def _confirmed(visit: Visit, held: Held, now: datetime) -> Response:
    signed_in = current_sign_in()
    offered = held.help
    stand = decided(visit)
    if stand.step is Step.PRESENCE and signed_in is not None and signed_in.person_id != offered.person_id:
        _answered(held, State.REFUSED, "other_account", now)
        words = _("Somebody else is signed in on this device. Sign out first, then begin again.")
        return _page(visit, error=words, status=422)
    if offered.checked == Checked.FACE_AT_DEVICE:
        _answered(held, State.FACE, "confirmed", now)
        return make_response(redirect(visit.url("window.face"), 303))
    # From here on nobody else comes through with it, whatever becomes of the sign-in.
    _answered(held, State.SIGNED_IN, "confirmed", now)
    proof = Proof(METHOD, LEVEL, now, AMR)
    try:
        secret = admission.admit(visit, offered.person_id, proof, noted(visit, offered, now))
    except admission.NotAdmitted as error:
        return _page(visit, error=error.words, status=403)
    except admission.ProofWithheld:
        return withheld(visit, now)
    return admission.signed_in(visit.lead_on(), secret)


def noted(visit: Visit, offered: Help, now: datetime) -> admission.Alongside:
    """What goes into the transaction of the sign-in: who helped whom, and the message about it.

    The clerk is looked at once more, under a lock: who is dismissed at this moment helps before it or never.
    """

    def note(session: Session, person: Person) -> bool:
        accounts.locked(session, offered.staff_id)
        if not _stands(session, offered, now):
            return False
        event = WindowSignIn(offered.staff_id, person.id, visit.client_id, offered.checked, LEVEL)
        audit.record(session, event, context=acting(offered, visit.id, now))
        telling.of_sign_in(session, person, offered, visit.client, now)
        return True

    return note


def withheld(visit: Visit, now: datetime) -> Response:
    """The clerk was gone when it came to it: nobody is signed in, and both sides see that it has ended."""
    held = helps().of_device(visit.id, browser_digest())
    if held is not None:
        _answered(held, State.GIVEN_UP, "clerk_gone", now)
    return _to_device(visit)


def acting(offered: Help, interaction_id: str, now: datetime) -> AuditContext:
    """The circumstances are the device's, the actor is the clerk."""
    return replace(circumstances.context(now, interaction_id), actor=offered.staff_id)


def _answered(held: Held, state: State, outcome: str, now: datetime) -> None:
    """Raises HelpChanged."""
    helps().change(held, now, state=state)
    offered = held.help
    event = WindowAnswered(offered.staff_id, offered.person_id, offered.client_id, outcome)
    services().audit.append(event, acting(offered, offered.interaction_id, now))


def clerk_stands(offered: Help, now: datetime) -> bool:
    """Asked now: a disabled account, a role that was taken, a session that has ended help nobody."""
    with reading() as session:
        return _stands(session, offered, now)


def _stands(session: Session, offered: Help, now: datetime) -> bool:
    clerk = staff_sessions.standing(session, offered.sid, now)
    return clerk is not None and clerk.staff_id == offered.staff_id and clerk.has(StaffRole.CLERK)


def _is_wanted(visit: Visit) -> bool:
    """A window helps where somebody signs in or shows that they are there, and nowhere else."""
    return visit.window_url is not None and decided(visit).step in OPEN_STEPS


def _to_device(visit: Visit) -> Response:
    return make_response(redirect(visit.url("window.device"), 303))


def _page(visit: Visit, *, status: int = 200, **shown: object) -> Response:
    held = helps().of_device(visit.id, browser_digest())
    now = services().clock()
    state = NONE if held is None else held.help.stands(now)
    context: dict[str, object] = {}
    if held is not None:
        context = {
            "staff_number": held.help.staff_number,
            "office": held.help.office,
            "window": held.help.window,
            "name_masked": held.help.name_masked,
            "by_face": held.help.checked == Checked.FACE_AT_DEVICE,
        }
    if held is not None and state == State.WAITING:
        context |= {"code": helps().code_of(held.help), "seconds_left": held.help.seconds_left(now)}
    return page(
        "window/device.html",
        visit,
        status=status,
        state=state,
        state_url=visit.url("window.device_state"),
        page_url=visit.url("window.device"),
        code_url=visit.url("window.show_code"),
        answer_url=visit.url("window.answer"),
        face_url=visit.url("window.face"),
        enrol_url=visit.url("login.enrol"),
        other_ways_url=visit.resume_url,
        **context,
        **shown,
    )
