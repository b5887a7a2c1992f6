"""What follows a proof, whichever it was: the session with a new id, the event, the way on.

A status that keeps somebody out is told here and nowhere earlier: to the account's own holder alone.
"""

from collections.abc import Callable

from flask import Response, request
from sqlalchemy.orm import Session

from idp import errors, sessions
from idp.audit import log as audit
from idp.audit.events.signing_in import SignedIn, SignInRefused, SteppedUp
from idp.crypto.digests import digest
from idp.extensions import services, transaction
from idp.locales import gettext as _
from idp.login.circumstances import context
from idp.login.visits import Visit
from idp.oidc.room import provider
from idp.people import directory
from idp.people.models import Person, PersonStatus
from idp.session_proofs import Proof

BLOCKED = "blocked"
"""Of a refusal, beside what the status of an account is."""
Alongside = Callable[[Session, Person], bool]
"""Changes that belong into the same transaction as the proof. False: they are kept, the proof is not."""


class ProofWithheld(Exception):
    """What went alongside the proof said no, and is committed."""


class NotAdmitted(Exception):
    """The proof was right, the account is not open to sign in."""

    def __init__(self, person_id: str, status: str) -> None:
        super().__init__(status)
        self.person_id = person_id
        self.status = status

    @property
    def words(self) -> str:
        return words_for(self.status)


def words_for(status: str) -> str:
    if status == BLOCKED:
        return _(errors.BLOCKED.title)
    if status == PersonStatus.FROZEN:
        return _(
            "This account is frozen. Take your ID document to a service window: a clerk can tell you why."
        )
    if status == PersonStatus.REENROL:
        return _(
            "For your safety, what you signed in with before is not valid any more. Prove once again who you "
            "are, in the same way as when you opened the account: it is still there, with all that is yours."
        )
    if status == PersonStatus.DECEASED:
        return _(
            "The population register says that the holder of this account has died. "
            "If that is a mistake, the police station that keeps the household register corrects it."
        )
    return _("This account is closed. You can open it again in the same way as a new one.")


def admit(visit: Visit, person_id: str, proof: Proof, alongside: Alongside | None = None) -> str:
    """Record the proof in this browser's session; the session's new secret, for `signed_in`.

    Raises NotAdmitted, ProofWithheld.
    """
    try:
        with transaction() as session:
            secret = _recorded(session, visit, person_id, proof, alongside)
    except NotAdmitted as error:
        refused = SignInRefused(reason=error.status, method=proof.method, person_id=error.person_id)
        services().audit.append(refused, context(proof.at, visit.id))
        raise
    if secret is None:
        raise ProofWithheld
    return secret


def _recorded(
    session: Session, visit: Visit, person_id: str, proof: Proof, alongside: Alongside | None
) -> str | None:
    person = directory.find_by_id(session, person_id)
    if person is None:
        raise NotAdmitted(person_id, PersonStatus.CLOSED)
    if not directory.may_sign_in(person):
        raise NotAdmitted(person_id, person.status)
    twists = provider().twists
    if twists is not None and (forced := twists.keeps_out(visit.client_id)) is not None:
        raise NotAdmitted(person_id, forced)
    if alongside is not None and not alongside(session, person):
        return None
    # Somebody else's session in this browser ends here: one browser, one person.
    settings = services().settings.protocol
    open_one = sessions.find(session, request.cookies.get(sessions.COOKIE, ""), proof.at)
    if open_one is not None and open_one.person_id != person_id and _is_blocked():
        # From a blocked range who is signed in goes on as themself alone.
        raise NotAdmitted(person_id, BLOCKED)
    if open_one is not None and open_one.person_id == person_id:
        secret = sessions.add_proof(
            session, open_one, proof, now=proof.at, settings=settings, address=request.remote_addr
        )
        event: SteppedUp | SignedIn = SteppedUp(
            person_id=person_id,
            client_id=visit.client_id,
            level=sessions.level_of(open_one, person, proof.at, settings),
            methods=(proof.method,),
        )
    else:
        if open_one is not None:
            sessions.end(session, open_one.sid, proof.at)
        opened, secret = sessions.open(
            session, person_id, proof, now=proof.at, settings=settings, address=request.remote_addr
        )
        event = SignedIn(
            person_id=person_id,
            client_id=visit.client_id,
            level=sessions.level_of(opened, person, proof.at, settings),
            methods=(proof.method,),
            session_id=digest(opened.sid),
        )
    audit.record(session, event, context=context(proof.at, visit.id))
    return secret


def _is_blocked() -> bool:
    return provider().blocks.cover(request.remote_addr)


def signed_in(response: Response, secret: str) -> Response:
    """Give the browser the session's secret; it goes when the browser closes."""
    response.set_cookie(sessions.COOKIE, secret, secure=True, httponly=True, samesite="Lax", path="/")
    return response
