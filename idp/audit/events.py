"""The catalogue: everything the audit log can say.

A field is a code, an identifier, a number or a flag (see `fields`): no event can hold a name, an ID
number, a phone number or an image. `person_id` and `client_id` are columns of the log, the rest is
its payload. Times, addresses and devices come from the AuditContext.
"""

from idp.audit.fields import Code, Event, Identifier, PersonId, event

# People


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
    person_id: PersonId
    level: int
    binding: Code
    """What bound the account to the person: face, register_phone, activation_code."""


@event
class EnrolmentRefused(Event):
    reason: Code
    person_id: PersonId | None = None


@event
class PersonStatusChanged(Event):
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
    person_id: PersonId
    level: int
    binding: Code


@event
class PhoneChanged(Event):
    person_id: PersonId
    way: Code


@event
class PeopleImported(Event):
    accepted: int
    refused: int


@event
class ActivationCodeMade(Event):
    person_id: PersonId | None
    code_id: Identifier


@event
class ActivationCodeUsed(Event):
    person_id: PersonId | None
    """None when it enrols somebody new."""
    code_id: Identifier


@event
class ActivationCodeRefused(Event):
    reason: Code
    person_id: PersonId | None = None


@event
class RegisterUnavailable(Event):
    """The population register did not answer when it was asked for this."""

    purpose: Code


# Faces


@event
class FaceConsentGiven(Event):
    person_id: PersonId | None
    consent_id: Identifier
    version: Code
    """Of the words that were shown."""


@event
class FaceConsentWithdrawn(Event):
    person_id: PersonId
    consent_id: Identifier


@event
class FaceChecked(Event):
    """A live face that matched. `gates` and `scores` go in pairs."""

    person_id: PersonId | None
    purpose: Code
    gates: tuple[Code, ...]
    scores: tuple[float, ...]
    models: tuple[Identifier, ...] = ()
    """SHA-256 of the weights that judged."""
    camera: Code = "live"
    """`live`, or `film`: a recording whose movements were told beforehand, which proves less."""


@event
class FaceRefused(Event):
    person_id: PersonId | None
    purpose: Code
    reason: Code
    gates: tuple[Code, ...] = ()
    scores: tuple[float, ...] = ()
    models: tuple[Identifier, ...] = ()
    camera: Code = "live"


@event
class FaceReferenceTaken(Event):
    """Sandbox alone: a first live capture became the reference photo."""

    person_id: PersonId | None


# Signing in and out


@event
class SignedIn(Event):
    person_id: PersonId
    client_id: Identifier | None
    level: int
    methods: tuple[Code, ...]
    session_id: Identifier | None = None
    """A digest of the session's id."""


@event
class SignInRefused(Event):
    reason: Code
    method: Code
    person_id: PersonId | None = None
    client_id: Identifier | None = None


@event
class SignInDelayed(Event):
    """Too many failures: told to wait."""

    method: Code
    seconds: int
    person_id: PersonId | None = None


@event
class SteppedUp(Event):
    person_id: PersonId
    client_id: Identifier | None
    level: int
    methods: tuple[Code, ...]


@event
class SignedOut(Event):
    person_id: PersonId
    client_id: Identifier | None = None
    session_id: Identifier | None = None
    reason: Code = "asked"


# Credentials and recovery


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
class RecoveryCompleted(Event):
    person_id: PersonId
    way: Code
    level: int


@event
class RecoveryRefused(Event):
    way: Code
    reason: Code
    person_id: PersonId | None = None


# The protocol


@event
class AuthorizationRefused(Event):
    client_id: Identifier | None
    error: Code
    detail: Code
    person_id: PersonId | None = None


@event
class CodeIssued(Event):
    client_id: Identifier
    person_id: PersonId
    scopes: tuple[Code, ...]
    level: int
    grant_id: Identifier


@event
class CodeReplayed(Event):
    """A code came a second time; its grant is revoked (RFC 9700 section 4.5)."""

    client_id: Identifier
    grant_id: Identifier
    person_id: PersonId | None = None


@event
class TokenIssued(Event):
    client_id: Identifier
    person_id: PersonId | None
    grant_type: Code
    scopes: tuple[Code, ...]
    grant_id: Identifier
    token_id: Identifier | None = None


@event
class TokenRefused(Event):
    client_id: Identifier | None
    error: Code
    detail: Code


@event
class ClaimsReleased(Event):
    """What of a person was given to a client, for which registered purpose, through which door."""

    client_id: Identifier
    person_id: PersonId
    scopes: tuple[Code, ...]
    purpose: Code
    through: Code = "userinfo"


@event
class ConsentGranted(Event):
    client_id: Identifier
    person_id: PersonId
    scopes: tuple[Code, ...]
    purpose: Code
    days: int


@event
class ConsentRefused(Event):
    client_id: Identifier
    person_id: PersonId
    scopes: tuple[Code, ...]


@event
class ConsentWithdrawn(Event):
    client_id: Identifier
    person_id: PersonId


# Operation


@event
class ClientRegistered(Event):
    client_id: Identifier
    digest: Identifier
    """SHA-256 of the registration as it stands now."""


@event
class ClientChanged(Event):
    client_id: Identifier
    digest: Identifier
    changed: tuple[Code, ...]


@event
class KeysRotated(Event):
    purpose: Code
    key_id: Identifier
    step: Code
    """published, activated, resealed or removed."""


@event
class FieldsReencrypted(Event):
    rows: int
    key_id: Identifier
