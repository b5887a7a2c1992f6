"""Enrolment, the account and its documents."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class EnrolmentStarted(Event):
    """Someone proved a phone and gave a number; nobody knows yet whether they are who they say."""

    way: Code
    """enrol or recover: until the binding is proved the two differ in nothing else."""


@event
class BindingTried(Event):
    """Someone chose a way to prove that they are the person; the same event whether that person exists."""

    way: Code


@event
class PersonEnrolled(Event):
    """Somebody proved to be a person of the register and has an account."""

    person_id: PersonId
    level: int
    binding: Code
    """What bound the account to the person: face, register_phone, activation_code."""


@event
class EnrolmentRefused(Event):
    """Somebody did not get the account that they asked for."""

    reason: Code
    person_id: PersonId | None = None


@event
class PersonStatusChanged(Event):
    """An account was frozen, opened again or closed, or its person has died."""

    person_id: PersonId
    status: Code
    reason: Code


@event
class DocumentAdded(Event):
    """A clerk found that another identity document is the same person's."""

    person_id: PersonId
    kind: Code


@event
class LevelRaised(Event):
    """An account was bound to its person more surely than before."""

    person_id: PersonId
    level: int
    binding: Code


@event
class PhoneChanged(Event):
    """The account has another phone, or none."""

    person_id: PersonId
    way: Code


@event
class EmailChanged(Event):
    """`way`: confirmed, or why it was removed."""

    person_id: PersonId
    way: Code


@event
class PeopleImported(Event):
    """A file of the population register was read; how many lines went in, and how many did not."""

    accepted: int
    refused: int


@event
class ActivationCodeMade(Event):
    """A clerk or the operator made a code by which a person takes their account."""

    person_id: PersonId | None
    code_id: Identifier


@event
class ActivationCodeUsed(Event):
    """A code that a clerk had made was taken."""

    person_id: PersonId | None
    """None when it enrols somebody new."""
    code_id: Identifier


@event
class ActivationCodeRefused(Event):
    """Somebody typed an activation code that is not good, or no more."""

    reason: Code
    person_id: PersonId | None = None


@event
class RegisterUnavailable(Event):
    """The population register did not answer when it was asked for this."""

    purpose: Code
