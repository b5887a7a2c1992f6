"""Enrolling, and getting back into an account: one state machine, pure.

    phone confirmed -> number and name -> one binding to the person -> settled -> password or passkey

Whoever starts it may be anybody. So until the binding is proved everybody sees the same: the same sentence,
the same ways. What the register says, and whether an account exists, is decided and shown only after it.
An account that exists already is claimed by the same proof: there is never a second one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from idp.people.documents import IdentityDocument, identify

AGE_OF_FACES: Final = 14
"""Personal Information Protection Law, article 31: below it a guardian would have to consent."""
MOST_NAMES: Final = 3
"""How often the name may be typed once the binding is proved."""


class Purpose(StrEnum):
    ENROL = "enrol"
    RECOVER = "recover"


class Way(StrEnum):
    """How a binding to the person is proved."""

    FACE = "face"
    REGISTER_PHONE = "register_phone"
    """Level 2 for who opens an account; into one that exists it is a text message alone, so level 1."""
    ACTIVATION_CODE = "activation_code"
    ACCOUNT_PHONE = "account_phone"
    """Recovery alone: the confirmed phone is the account's. A text message alone, so level 1 at most."""


class Step(StrEnum):
    """What comes next; each is a page but SETTLE, which asks the register and goes on."""

    PHONE = "phone"
    NUMBER = "number"
    BINDING = "binding"
    NAME = "name"
    """The binding is proved and the register knows the number by another name: a slip of the pen, maybe."""
    SETTLE = "settle"
    CREDENTIAL = "credential"
    DONE = "done"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why it ends here, told after the binding; the pages have words for each, with what to do next."""

    NAME_DIFFERS = "name_differs"
    """Typed three times, still another than the register's: after a change of name the police station has
    to bring the register up to date."""
    NOT_IN_REGISTER = "not_in_register"
    """A service window can help with the card in hand."""
    DECEASED = "deceased"
    """The register says that this person has died; a mistake is corrected at the police station."""
    FROZEN = "frozen"
    """The account is frozen; a service window can say why."""
    NOT_CONFIRMED = "not_confirmed"
    """This phone alone does not do; one of the other ways may."""


class WrongStep(Exception):
    """A fact for a step that the enrolment is not at: a second tab, or the back button."""


@dataclass(frozen=True, slots=True)
class BindingProved:
    """A fact, recorded by whoever checked it."""

    kind: Way
    at: datetime
    evidence: str | None = None
    """What it rests on, as whoever checked it wrote it down."""


@dataclass(frozen=True, slots=True, repr=False)
class Enrolment:
    """Everything that has been proved so far. Kept sealed for its short life; its `repr` is silent."""

    id: str
    purpose: Purpose
    browser: str
    """Digest of the browser's cookie: the enrolment goes on in the browser where it began."""
    interaction_id: str | None
    started_at: datetime
    expires_at: datetime
    phone: str | None = None
    phone_confirmed_at: datetime | None = None
    number: str | None = None
    name: str | None = None
    names_tried: int = 0
    window_only: bool = False
    """Too many tries were made for this number today, maybe by others: an activation code still works."""
    face_consent_id: str | None = None
    register_phone: str | None = None
    """Where the register's holder was sent a code; never shown."""
    binding: BindingProved | None = None
    person_id: str | None = None
    level: int = 0
    refusal: Refusal | None = None
    has_credential: bool = False

    def is_expired(self, now: datetime) -> bool:
        return now >= self.expires_at

    def document(self, today: date) -> IdentityDocument:
        """The document that was named. Raises WrongStep before one was."""
        if self.number is None:
            raise WrongStep
        return identify(self.number, today)


def next_step(enrolment: Enrolment) -> Step:
    """The one place that decides where an enrolment stands."""
    if enrolment.refusal is not None:
        return Step.REFUSED
    if enrolment.phone_confirmed_at is None:
        return Step.PHONE
    if enrolment.number is None:
        return Step.NUMBER
    if enrolment.binding is None:
        return Step.BINDING
    if enrolment.person_id is None:
        return Step.NAME if enrolment.name is None else Step.SETTLE
    return Step.DONE if enrolment.has_credential else Step.CREDENTIAL


def begin(
    enrolment_id: str,
    purpose: Purpose,
    *,
    browser: str,
    interaction_id: str | None,
    now: datetime,
    seconds: int,
) -> Enrolment:
    return Enrolment(enrolment_id, purpose, browser, interaction_id, now, now + timedelta(seconds=seconds))


def phone_confirmed(enrolment: Enrolment, phone: str, now: datetime) -> Enrolment:
    """A code sent to this phone came back. Another phone may be confirmed until the number is given."""
    _expect(enrolment, Step.PHONE, Step.NUMBER)
    return replace(enrolment, phone=phone, phone_confirmed_at=now)


def identified(enrolment: Enrolment, number: str, name: str, *, window_only: bool) -> Enrolment:
    """Number and name were given, both normalised. They may be given again until the binding."""
    _expect(enrolment, Step.NUMBER, Step.BINDING)
    return replace(
        enrolment,
        number=number,
        name=name,
        window_only=window_only,
        register_phone=None,
        # A consent is for the face of the person named; another person consents anew.
        face_consent_id=enrolment.face_consent_id if number == enrolment.number else None,
    )


def ways(enrolment: Enrolment, today: date) -> tuple[Way, ...]:
    """The bindings that are offered: by what was typed and how often, never by what is known of it."""
    document = enrolment.document(today)
    if enrolment.window_only:
        return (Way.ACTIVATION_CODE,)
    offered = [Way.REGISTER_PHONE, Way.ACTIVATION_CODE]
    if document.number.age_on(today) >= AGE_OF_FACES:
        offered.insert(0, Way.FACE)
    if enrolment.purpose is Purpose.RECOVER:
        offered.append(Way.ACCOUNT_PHONE)
    return tuple(offered)


def face_consented(enrolment: Enrolment, consent_id: str, today: date) -> Enrolment:
    """Comes before the camera opens."""
    _expect_way(enrolment, Way.FACE, today)
    return replace(enrolment, face_consent_id=consent_id)


def register_phone_asked(enrolment: Enrolment, phone: str | None, today: date) -> Enrolment:
    """A code was sent to the phone that the register holds, or to nobody: the page is the same."""
    _expect_way(enrolment, Way.REGISTER_PHONE, today)
    return replace(enrolment, register_phone=phone)


def bound(enrolment: Enrolment, fact: BindingProved, today: date) -> Enrolment:
    """Raises WrongStep for a way that is not offered, and for a face without its consent."""
    _expect_way(enrolment, fact.kind, today)
    if fact.kind is Way.FACE and enrolment.face_consent_id is None:
        raise WrongStep
    return replace(enrolment, binding=fact)


def settled(enrolment: Enrolment, person_id: str, level: int) -> Enrolment:
    _expect(enrolment, Step.SETTLE)
    return replace(enrolment, person_id=person_id, level=level)


def name_differs(enrolment: Enrolment) -> Enrolment:
    """The register has another name. The binding stands: it proved the number, whose holder types again."""
    _expect(enrolment, Step.SETTLE)
    tried = enrolment.names_tried + 1
    if tried >= MOST_NAMES:
        return refused(enrolment, Refusal.NAME_DIFFERS)
    return replace(enrolment, name=None, names_tried=tried)


def renamed(enrolment: Enrolment, name: str) -> Enrolment:
    _expect(enrolment, Step.NAME)
    return replace(enrolment, name=name)


def refused(enrolment: Enrolment, refusal: Refusal) -> Enrolment:
    """Final; what was typed is dropped with it."""
    return replace(enrolment, refusal=refusal, number=None, name=None, phone=None, register_phone=None)


def credential_set(enrolment: Enrolment) -> Enrolment:
    _expect(enrolment, Step.CREDENTIAL, Step.DONE)
    return replace(enrolment, has_credential=True)


def credential_level(enrolment: Enrolment, now: datetime, *, presence_seconds: int) -> int:
    """The level at which a passkey added now is bound: 3 while the face that was shown still counts."""
    binding = enrolment.binding
    if binding is None or binding.kind is not Way.FACE:
        return enrolment.level
    is_present = now < binding.at + timedelta(seconds=presence_seconds)
    return 3 if is_present else enrolment.level


def _expect(enrolment: Enrolment, *steps: Step) -> None:
    if next_step(enrolment) not in steps:
        raise WrongStep


def _expect_way(enrolment: Enrolment, way: Way, today: date) -> None:
    _expect(enrolment, Step.BINDING)
    if way not in ways(enrolment, today):
        raise WrongStep


def given(value: str | None) -> str:
    """What an earlier step has found. Raises WrongStep when that step is still to come."""
    if value is None:
        raise WrongStep
    return value
