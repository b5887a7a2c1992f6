"""Passwords, passkeys, phones, and getting an account back."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class PasswordChanged(Event):
    """The account has another password from here on."""

    person_id: PersonId
    way: Code


@event
class PasskeyAdded(Event):
    """The account can be signed in to by one more passkey."""

    person_id: PersonId
    passkey_id: Identifier
    level: int


@event
class PasskeyRemoved(Event):
    """A passkey signs in no more."""

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
    """A code was handed to the text messages, for the number that the account or the visitor has."""

    purpose: Code
    person_id: PersonId | None = None


@event
class MailCodeSent(Event):
    """A code was handed to the mails, for the address that somebody wants to add."""

    purpose: Code
    person_id: PersonId | None = None


@event
class RecoveryCompleted(Event):
    """Somebody proved to be the person and has the account back."""

    person_id: PersonId
    way: Code
    level: int


@event
class RecoveryRefused(Event):
    """Somebody tried to get an account back, and did not prove to be the person."""

    way: Code
    reason: Code
    person_id: PersonId | None = None
