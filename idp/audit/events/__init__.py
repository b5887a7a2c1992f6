"""The catalogue: everything the audit log can say.

A field is a code, an identifier, a number or a flag (see `fields`): no event can hold a name, an ID
number, a phone number or an image. `person_id` and `client_id` are columns of the log, the rest is
its payload. Times, addresses and devices come from the AuditContext.
"""

from idp.audit.events.credentials import (
    PasskeyAdded,
    PasskeyCloned,
    PasskeyRemoved,
    PasswordChanged,
    RecoveryCompleted,
    RecoveryRefused,
    SmsCodeSent,
)
from idp.audit.events.faces import (
    FaceChecked,
    FaceConsentGiven,
    FaceConsentWithdrawn,
    FaceReferenceTaken,
    FaceRefused,
)
from idp.audit.events.kept_faces import (
    FaceEvidenceDeleted,
    FaceEvidenceExported,
    FaceEvidenceKept,
    FaceTemplateDeleted,
    FaceTemplateKept,
)
from idp.audit.events.logout import LogoutDelivered, LogoutFailed
from idp.audit.events.operation import ClientChanged, ClientRegistered, FieldsReencrypted, KeysRotated
from idp.audit.events.people import (
    ActivationCodeMade,
    ActivationCodeRefused,
    ActivationCodeUsed,
    BindingTried,
    DocumentAdded,
    EnrolmentRefused,
    EnrolmentStarted,
    LevelRaised,
    PeopleImported,
    PersonEnrolled,
    PersonStatusChanged,
    PhoneChanged,
    RegisterUnavailable,
)
from idp.audit.events.protocol import (
    AuthorizationRefused,
    ClaimsReleased,
    CodeIssued,
    CodeReplayed,
    ConsentGranted,
    ConsentRefused,
    ConsentWithdrawn,
    GrantEnded,
    TokenIssued,
    TokenRefused,
)
from idp.audit.events.signing_in import SignedIn, SignedOut, SignInDelayed, SignInRefused, SteppedUp

__all__ = [
    "ActivationCodeMade",
    "ActivationCodeRefused",
    "ActivationCodeUsed",
    "AuthorizationRefused",
    "BindingTried",
    "ClaimsReleased",
    "ClientChanged",
    "ClientRegistered",
    "CodeIssued",
    "CodeReplayed",
    "ConsentGranted",
    "ConsentRefused",
    "ConsentWithdrawn",
    "DocumentAdded",
    "EnrolmentRefused",
    "EnrolmentStarted",
    "FaceChecked",
    "FaceConsentGiven",
    "FaceConsentWithdrawn",
    "FaceEvidenceDeleted",
    "FaceEvidenceExported",
    "FaceEvidenceKept",
    "FaceReferenceTaken",
    "FaceRefused",
    "FaceTemplateDeleted",
    "FaceTemplateKept",
    "FieldsReencrypted",
    "GrantEnded",
    "KeysRotated",
    "LevelRaised",
    "LogoutDelivered",
    "LogoutFailed",
    "PasskeyAdded",
    "PasskeyCloned",
    "PasskeyRemoved",
    "PasswordChanged",
    "PeopleImported",
    "PersonEnrolled",
    "PersonStatusChanged",
    "PhoneChanged",
    "RecoveryCompleted",
    "RecoveryRefused",
    "RegisterUnavailable",
    "SignInDelayed",
    "SignInRefused",
    "SignedIn",
    "SignedOut",
    "SmsCodeSent",
    "SteppedUp",
    "TokenIssued",
    "TokenRefused",
]
