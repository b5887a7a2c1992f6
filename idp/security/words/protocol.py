"""What clients asked for, and for whom somebody acted."""

from collections.abc import Mapping
from typing import Final

from idp.locales import gettext_noop

SENTENCES: Final[Mapping[str, str]] = {
    "authorization_refused": gettext_noop("Authorization request refused"),
    "code_issued": gettext_noop("Authorization code issued"),
    "code_replayed": gettext_noop("Authorization code used a second time"),
    "grant_ended": gettext_noop("Grant ended with all its tokens"),
    "token_issued": gettext_noop("Tokens issued"),
    "token_exchanged": gettext_noop("Token exchanged for another one"),
    "token_refused": gettext_noop("Token request refused"),
    "claims_released": gettext_noop("Personal data given to the client"),
    "client_limited": gettext_noop("Client asked more than it may"),
    "client_limit_set": gettext_noop("Limits of a client set"),
    "consent_granted": gettext_noop("Consent given to a client"),
    "consent_refused": gettext_noop("Consent to a client refused"),
    "consent_withdrawn": gettext_noop("Consent to a client withdrawn"),
    "acting_chosen": gettext_noop("Chose for whom to act"),
    "representation_refused": gettext_noop("Acting as a legal representative refused"),
    "backchannel_requested": gettext_noop("Client asked for a sign-in on the person's own device"),
    "backchannel_reported": gettext_noop("Person said that the request was not theirs"),
    "notification_delivered": gettext_noop("Client told of the answer"),
    "notification_failed": gettext_noop("Client could not be told of the answer"),
    "authorization_requested": gettext_noop("Request waits for a person on another device"),
    "authorization_approved": gettext_noop("Request of another device approved"),
    "authorization_denied": gettext_noop("Request of another device denied"),
    "user_code_refused": gettext_noop("Device code refused, perhaps a guess"),
    "logout_delivered": gettext_noop("Client signed the person out"),
    "logout_failed": gettext_noop("Client could not be told to sign the person out"),
    "licence_request_refused": gettext_noop("Request of a licence app refused"),
    "licence_accepted": gettext_noop("Electronic licence accepted"),
    "licence_refused": gettext_noop("Electronic licence refused"),
    "organisation_enrolled": gettext_noop("Organisation became known"),
    "organisation_changed": gettext_noop("Business register changed an organisation"),
    "organisations_imported": gettext_noop("File of the business register read"),
    "mandate_invited": gettext_noop("Invited to a mandate"),
    "mandate_invitation_answered": gettext_noop("Invitation to a mandate answered"),
    "mandate_refused_to": gettext_noop("Giving or ending a mandate refused"),
    "mandate_granted": gettext_noop("Mandate given"),
    "mandate_changed": gettext_noop("Mandate changed"),
    "mandate_ended": gettext_noop("Mandate ended"),
    "mandates_suspended": gettext_noop("Mandates of an organisation suspended"),
    "acceptance_level_changed": gettext_noop("Level for an organisation's mandates changed"),
}
