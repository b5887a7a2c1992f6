"""From a proved licence to a signed-in person: the natural person who holds it, found by the number.

Every carrier of licences ends here. Who fails is told what to do next: they have proved who they are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.events.licences import LicenceAccepted
from idp.audit.events.licences import LicenceRefused as LicenceRefusedEvent
from idp.business.licences.checking import Presented
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.extensions import services
from idp.login import admission
from idp.login.circumstances import address, context, note_refusal
from idp.login.factors import certificate
from idp.login.factors.certificate import Carrier, LicenceProof, LicencesBusy, NoLicences
from idp.login.licences import words
from idp.login.licences.holding import hat_held
from idp.login.services import login_services
from idp.login.visits import Visit
from idp.mandates import roots
from idp.mandates.standing import Standing
from idp.oidc.acting import wearing
from idp.oidc.acting.remembering import remember
from idp.oidc.room import provider
from idp.people.licence_holders import HolderRefused
from idp.people.models import Person
from idp.session_proofs import Proof

BUSY: Final = "busy"
TOO_LOW: Final = "level"
OTHER_ACCOUNT: Final = "holder_other_account"
CHECKS_OF_ONE_ADDRESS: Final = 600
"""In an hour: a whole district may share one address."""


class NotProved(Exception):
    """`words` are for the person, `rule` for programs: one of `refusals.Rule`, or why the person is none."""

    def __init__(self, rule: str, words: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.words = words


def prove(visit: Visit, presented: Presented, bound_to: str, carrier: Carrier) -> LicenceProof:
    """A licence and what its key signed, checked; a refusal is an event. Raises NotProved."""
    found = services()
    if not found.throttle.allow_from(address(), "licence-checks", CHECKS_OF_ONE_ADDRESS, 3600):
        raise NotProved(BUSY, words.busy())
    try:
        return login_services().licences.prove(presented, bound_to, carrier, now=found.clock())
    except LicenceRefused as refused:
        note_refusal(
            LicenceRefusedEvent(
                rule=refused.rule.value,
                carrier=carrier.value,
                client_id=visit.client_id,
                licence=certificate.fingerprint_of(presented),
                issuer=certificate.issuer_of(presented),
            ),
            visit.id,
        )
        raise NotProved(refused.rule.value, words.of(refused.rule)) from None
    except (LicencesBusy, NoLicences):
        raise NotProved(BUSY, words.busy()) from None


def admit(visit: Visit, proof: LicenceProof, *, only: str | None = None) -> str:
    """Sign the holder in, in this browser; the session's new secret, for `admission.signed_in`.

    They act for the licence's organisation then, where the client lets organisations come. `only`: the id of
    the person who shows that they are here; nobody else may take their place, and for whom they act stays.
    Raises NotProved.
    """
    now = services().clock()
    # Whoever is signed in has an account: for nobody else is one opened by their sign-in.
    name = proof.holder_name if only is None else None
    try:
        person_id = login_services().licence_holders.find_or_enrol(proof.holder, name, context(now, visit.id))
    except HolderRefused as refused:
        if only is not None:
            _note(visit, proof, OTHER_ACCOUNT, None)
            raise NotProved("other_account", words.other_account()) from None
        _note(visit, proof, f"holder_{refused.reason.value}", None)
        raise NotProved(refused.reason.value, words.of_holder(refused.reason)) from None
    if only is not None and person_id != only:
        _note(visit, proof, OTHER_ACCOUNT, person_id)
        raise NotProved("other_account", words.other_account())
    if only is not None and proof.level < visit.level_asked:
        _note(visit, proof, TOO_LOW, person_id)
        raise NotProved(TOO_LOW, words.too_low())
    shown = Proof(certificate.METHOD, proof.level, proof.at, proof.amr, licence_of=proof.organisation_id)
    beside = _Beside(visit, proof, now)
    try:
        secret = admission.admit(visit, person_id, shown, beside)
    except admission.NotAdmitted as error:
        _note(visit, proof, f"holder_{error.status}", person_id)
        raise NotProved(error.status, error.words) from None
    except admission.ProofWithheld:
        _note(visit, proof, Rule.HOLDER.value, person_id)
        raise NotProved(Rule.HOLDER.value, words.of(Rule.HOLDER)) from None
    if only is None and beside.hat is not None:
        _act_for_the_organisation(visit, beside.hat, now)
    return secret


def _act_for_the_organisation(visit: Visit, hat: Standing, now: datetime) -> None:
    """Where the client lets it come."""
    client = visit.client
    if client is not None and client.metadata.accepts(hat.role):
        remember(provider(), visit.interaction, client, hat.person_id, hat, context(now, visit.id))


@dataclass(slots=True)
class _Beside:
    """What belongs into the transaction of the proof: the event, and that the register names the holder."""

    visit: Visit
    proof: LicenceProof
    now: datetime
    hat: Standing | None = None
    """The mandate on whose strength the holder stands for the organisation."""

    def __call__(self, session: Session, person: Person) -> bool:
        proof, said = self.proof, context(self.now, self.visit.id)
        # Whoever has a session by a licence has a mandate whose end ends it.
        roots.represents(session, person.id, context=said, ends=services().ends)
        session.flush()
        self.hat = hat_held(session, person.id, proof.organisation_id, self.now)
        if self.hat is None or not wearing.hold(session, self.hat.mandate_id):
            # What was proved on a telephone may be minutes old, and its end may have passed meanwhile.
            return False
        event = LicenceAccepted(
            person_id=person.id,
            organisation_id=proof.organisation_id,
            client_id=self.visit.client_id,
            carrier=proof.carrier.value,
            level=proof.level,
            key=proof.key,
            licence=proof.fingerprint,
            nearness=proof.nearness,
        )
        audit.record(session, event, context=said)
        return True


def _note(visit: Visit, proof: LicenceProof, rule: str, person_id: str | None) -> None:
    note_refusal(
        LicenceRefusedEvent(
            rule=rule,
            carrier=proof.carrier.value,
            client_id=visit.client_id,
            licence=proof.fingerprint,
            person_id=person_id,
        ),
        visit.id,
    )
