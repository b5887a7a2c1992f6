"""What people did and what became of their accounts."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop

SENTENCES: Final[Mapping[str, str]] = {
    "signed_in": gettext_noop("Signed in"),
    "sign_in_refused": gettext_noop("Sign-in refused"),
    "sign_in_delayed": gettext_noop("Told to wait after too many failed sign-ins"),
    "stepped_up": gettext_noop("Proved themself once more, at a higher level"),
    "signed_out": gettext_noop("Session ended"),
    "password_changed": gettext_noop("Password changed"),
    "passkey_added": gettext_noop("Passkey added"),
    "passkey_removed": gettext_noop("Passkey removed"),
    "passkey_cloned": gettext_noop("Passkey looks copied: its counter went back"),
    "sms_code_sent": gettext_noop("SMS code sent"),
    "mail_code_sent": gettext_noop("Mail code sent"),
    "recovery_completed": gettext_noop("Account recovered"),
    "recovery_refused": gettext_noop("Recovery of an account refused"),
    "face_consent_given": gettext_noop("Agreed that their face is processed"),
    "face_consent_withdrawn": gettext_noop("Withdrew the consent to process their face"),
    "face_checked": gettext_noop("Face check passed"),
    "face_refused": gettext_noop("Face check refused"),
    "face_reference_taken": gettext_noop("First capture kept as reference photo (sandbox)"),
    "face_template_kept": gettext_noop("Face template kept"),
    "face_template_deleted": gettext_noop("Kept face template deleted"),
    "face_evidence_kept": gettext_noop("Frames of a face check kept"),
    "face_evidence_deleted": gettext_noop("Kept frames of a face check deleted"),
    "face_evidence_exported": gettext_noop("Kept frames of a face check taken out"),
    "enrolment_started": gettext_noop("Enrolment started"),
    "binding_tried": gettext_noop("Way of proving who they are chosen"),
    "person_enrolled": gettext_noop("Account opened"),
    "enrolment_refused": gettext_noop("Enrolment refused"),
    "person_status_changed": gettext_noop("Status of the account changed"),
    "document_added": gettext_noop("Another identity document added"),
    "level_raised": gettext_noop("Level of the account raised"),
    "phone_changed": gettext_noop("Mobile phone changed"),
    "email_changed": gettext_noop("Mail address changed"),
    "people_imported": gettext_noop("File of the population register read"),
    "activation_code_made": gettext_noop("Activation code made for a person"),
    "activation_code_used": gettext_noop("Activation code used"),
    "activation_code_refused": gettext_noop("Activation code refused"),
    "register_unavailable": gettext_noop("Population register did not answer"),
    "guardianships_imported": gettext_noop("File of guardianships read"),
    "ward_added": gettext_noop("Somebody in another person's care became known"),
    "care_refused": gettext_noop("Acting as a guardian refused"),
}
