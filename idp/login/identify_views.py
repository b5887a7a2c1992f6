"""The first page of a sign-in: ID number and password. The same for everybody."""

from dataclasses import dataclass

from flask import Response, request
from sqlalchemy.orm import Session

from idp.audit.events.signing_in import SignInRefused
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.locales import is_local
from idp.login import admission, number_words
from idp.login.circumstances import note_refusal, subject, tried_digest, wait_before
from idp.login.enrolment.place import start_for_our_own_pages
from idp.login.factors import password
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import Visit, current_visit, decided, page
from idp.oidc.clients.fields.party import BUSINESS
from idp.oidc.next_step import Step
from idp.people import credentials, directory, documents
from idp.people.models import Person
from idp.people.resident_number import InvalidNumber
from idp.session_proofs import Proof
from idp.sessions import SignIn

ACCOUNT = "/account"


@blueprint.get("/login")
def identify() -> Response:
    if not request.args.get("interaction"):
        return _start_for_our_own_pages()
    visit = current_visit()
    stand = decided(visit)
    if stand.step is not Step.LOGIN:
        # Another tab was faster, or the back button led here.
        return visit.lead_on()
    return identify_page(visit, notice=_what_is_missing(visit, stand.sign_in))


@blueprint.post("/login")
def check_password() -> Response:
    visit = current_visit()
    found = services()
    typed = request.form.get("number", "")
    values = {"number": typed}
    try:
        document = documents.identify(typed, directory.day_in_china(found.clock()))
    except InvalidNumber as error:
        return identify_page(
            visit, errors={"number": number_words.of(error.reason)}, values=values, status=422
        )
    number = document.number.value
    tried = subject(number, password.METHOD)
    if seconds := wait_before(tried, visit.id):
        return identify_page(
            visit, wait_seconds=seconds, error=_("Too many tries."), values=values, status=429
        )
    with reading() as session:
        candidate = password.candidate(session, found.index, number)
    answer = password.check(login_services().passwords, candidate, request.form.get("password", ""))
    now = found.clock()
    if not answer.is_right or answer.person_id is None:
        refused = SignInRefused(
            reason="wrong",
            method=password.METHOD,
            person_id=answer.person_id,
            client_id=visit.client_id,
            tried=tried_digest(number),
        )
        note_refusal(refused, visit.id)
        wait = found.throttle.failed(tried)
        words = _("The ID number or the password is not right.")
        return identify_page(visit, error=words, wait_seconds=wait, values=values, status=422)
    found.throttle.succeeded(tried)
    proof = Proof(password.METHOD, answer.level, now, password.AMR)
    try:
        secret = admission.admit(visit, answer.person_id, proof, _NewHash(answer))
    except admission.NotAdmitted as error:
        return identify_page(visit, error=error.words, values=values, status=403)
    return admission.signed_in(visit.lead_on(), secret)


@dataclass(frozen=True, slots=True)
class _NewHash:
    """Replaces a hash that was made with weaker parameters, with the sign-in that showed the password."""

    answer: password.Answer

    def __call__(self, session: Session, person: Person) -> bool:
        old, new = self.answer.old_hash, self.answer.new_hash
        if old is not None and new is not None:
            credentials.replace_hash(session, person.id, old, new)
        return True


def _start_for_our_own_pages() -> Response:
    target = request.args.get("next", ACCOUNT)
    is_ours = is_local(target) and (target == ACCOUNT or target.startswith(f"{ACCOUNT}/"))
    return start_for_our_own_pages(target if is_ours else ACCOUNT).lead_on()


def _what_is_missing(visit: Visit, signed_in: SignIn | None) -> str | None:
    """Why somebody who has just signed in is here again: what they showed does not reach."""
    if signed_in is None or signed_in.authenticated_at < visit.interaction.started_at:
        return None
    return _(
        "You are signed in. This service asks for more than that: "
        "sign in with your password or a passkey, please."
    )


def identify_page(visit: Visit, *, status: int = 200, **shown: object) -> Response:
    return page(
        "login/identify.html",
        visit,
        status=status,
        sms_url=visit.url("login.sms_page"),
        enrol_url=visit.url("login.enrol"),
        recover_url=visit.url("login.recover"),
        window_url=visit.window_url,
        passkey={
            "options_url": visit.url("login.passkey_options"),
            "action": visit.url("login.passkey_sign_in"),
        },
        licence=_licence(visit),
        **shown,
    )


def _licence(visit: Visit) -> dict[str, object] | None:
    """First of all where organisations may come, below the rest elsewhere."""
    if not login_services().licences.are_offered:
        return None
    comes_first = visit.client is not None and BUSINESS in visit.client.metadata.accepted_parties
    return {"url": visit.url("login.licence"), "comes_first": comes_first}
