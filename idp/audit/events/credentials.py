"""Passwords, passkeys, phones, and getting an account back."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class PasswordChanged(Event):
    person_id: PersonId
    way: Code


@event
class PasskeyAdded(Event):
    person_id: PersonId
    passkey_id: Identifier
    level: int


@event
class PasskeyRemoved(Event):
    person_id: PersonId
    passkey_id: Identifier
    reason: Code = "asked"


@event
class PasskeyCloned(Event):
    """A signature counter went back (WebAuthn Level 3, section 6.1.1)."""

    person_id: PersonId
    passkey_id: Identifier


@event
class SmsCodeSent(Event):
    purpose: Code
    person_id: PersonId | None = None


@event
class MailCodeSent(Event):
    purpose: Code
    person_id: PersonId | None = None


@event
class RecoveryCompleted(Event):
    person_id: PersonId
    way: Code
    level: int


@event
class RecoveryRefused(Event):
    way: Code
    reason: Code
    person_id: PersonId | None = None
