"""What each event is to others: its class and activity in OCSF 1.3.0, how it went, how grave it is.

https://schema.ocsf.io/1.3.0: the numbers of classes and activities are those of the schema; every event of
the catalogue stands here once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum


class Class(Enum):
    """`class_uid` and `class_name`."""

    ACCOUNT_CHANGE = (3001, "Account Change")
    AUTHENTICATION = (3002, "Authentication")
    ENTITY_MANAGEMENT = (3004, "Entity Management")
    USER_ACCESS = (3005, "User Access Management")
    APPLICATION_LIFECYCLE = (6002, "Application Lifecycle")
    API_ACTIVITY = (6003, "API Activity")

    @property
    def uid(self) -> int:
        return self.value[0]

    @property
    def caption(self) -> str:
        return self.value[1]


CATEGORIES = {3: "Identity & Access Management", 6: "Application Activity"}
OTHER = 99
"""Of activities and states: none of the schema's; its name is then that of the event."""
CREATE, READ, UPDATE, DELETE = 1, 2, 3, 4
LOGON, LOGOFF, PREAUTH = 1, 2, 6
ASSIGN, REVOKE = 1, 2
START = 3
ACTIVITIES: Mapping[Class, Mapping[int, str]] = {
    Class.ACCOUNT_CHANGE: {
        1: "Create",
        3: "Password Change",
        4: "Password Reset",
        10: "MFA Factor Enable",
        11: "MFA Factor Disable",
    },
    Class.AUTHENTICATION: {LOGON: "Logon", LOGOFF: "Logoff", PREAUTH: "Preauth"},
    Class.ENTITY_MANAGEMENT: {CREATE: "Create", READ: "Read", UPDATE: "Update", DELETE: "Delete"},
    Class.USER_ACCESS: {ASSIGN: "Assign Privileges", REVOKE: "Revoke Privileges"},
    Class.APPLICATION_LIFECYCLE: {START: "Start"},
    Class.API_ACTIVITY: {CREATE: "Create", READ: "Read", UPDATE: "Update", DELETE: "Delete"},
}
"""Of the schema's those that are used here."""


class Outcome(StrEnum):
    SUCCESS = "Success"
    FAILURE = "Failure"


class Severity(IntEnum):
    """`severity_id` of OCSF."""

    INFORMATIONAL = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4


@dataclass(frozen=True, slots=True)
class Meaning:
    class_: Class
    activity: int
    outcome: Outcome = Outcome.SUCCESS
    severity: Severity = Severity.INFORMATIONAL


UNKNOWN = Meaning(Class.API_ACTIVITY, OTHER)
"""Of an event that this program does not know."""


def _went_well(class_: Class, activity: int, *names: str) -> dict[str, Meaning]:
    return dict.fromkeys(names, Meaning(class_, activity))


def _failed(
    class_: Class, activity: int, *names: str, severity: Severity = Severity.LOW
) -> dict[str, Meaning]:
    return dict.fromkeys(names, Meaning(class_, activity, Outcome.FAILURE, severity))


def _grave(class_: Class, activity: int, *names: str) -> dict[str, Meaning]:
    """It went through, and somebody should look."""
    return dict.fromkeys(names, Meaning(class_, activity, severity=Severity.MEDIUM))


AUTHENTICATION, ACCOUNT, ENTITY = Class.AUTHENTICATION, Class.ACCOUNT_CHANGE, Class.ENTITY_MANAGEMENT
ACCESS, API = Class.USER_ACCESS, Class.API_ACTIVITY
MEANINGS: Mapping[str, Meaning] = {
    **_went_well(AUTHENTICATION, LOGON, "signed_in", "stepped_up", "staff_signed_in", "window_sign_in"),
    **_failed(AUTHENTICATION, LOGON, "sign_in_refused", "staff_sign_in_refused", "licence_request_refused"),
    **_failed(AUTHENTICATION, LOGON, "licence_refused"),
    **_failed(AUTHENTICATION, LOGON, "sign_in_delayed", "staff_sign_in_delayed", severity=Severity.MEDIUM),
    **_went_well(AUTHENTICATION, LOGOFF, "signed_out", "staff_signed_out", "logout_delivered"),
    **_failed(AUTHENTICATION, LOGOFF, "logout_failed", severity=Severity.MEDIUM),
    **_went_well(AUTHENTICATION, PREAUTH, "face_checked", "licence_accepted", "sms_code_sent"),
    **_went_well(AUTHENTICATION, PREAUTH, "mail_code_sent", "binding_tried", "enrolment_started"),
    **_went_well(AUTHENTICATION, PREAUTH, "window_code_shown", "window_code_taken", "window_person_offered"),
    **_went_well(AUTHENTICATION, PREAUTH, "window_answered", "window_led_to_enrolment", "window_given_up"),
    **_failed(AUTHENTICATION, PREAUTH, "face_refused", "window_code_refused", "window_person_refused"),
    **_failed(AUTHENTICATION, PREAUTH, "activation_code_refused", "staff_activation_refused"),
    **_failed(AUTHENTICATION, PREAUTH, "user_code_refused", "register_unavailable"),
    **_failed(AUTHENTICATION, PREAUTH, "passkey_cloned", "staff_passkey_cloned", severity=Severity.HIGH),
    **_went_well(ACCOUNT, 1, "person_enrolled", "ward_added", "staff_added"),
    **_failed(ACCOUNT, 1, "enrolment_refused"),
    **_went_well(ACCOUNT, 3, "password_changed"),
    **_went_well(ACCOUNT, 4, "recovery_completed"),
    **_failed(ACCOUNT, 4, "recovery_refused"),
    **_went_well(ACCOUNT, 10, "passkey_added", "staff_means_set"),
    **_went_well(ACCOUNT, 11, "passkey_removed", "staff_passkey_removed"),
    **_went_well(ACCOUNT, OTHER, "level_raised", "phone_changed", "email_changed", "staff_placed"),
    **_went_well(ACCOUNT, OTHER, "activation_code_made", "activation_code_used", "staff_activation_made"),
    **_went_well(ACCOUNT, OTHER, "face_consent_given", "face_consent_withdrawn", "face_template_kept"),
    **_went_well(ACCOUNT, OTHER, "face_template_deleted", "face_evidence_kept", "face_evidence_deleted"),
    **_went_well(ACCOUNT, OTHER, "face_reference_taken", "staff_change_asked", "staff_change_decided"),
    **_failed(ACCOUNT, OTHER, "window_activation_refused"),
    **_grave(ACCOUNT, OTHER, "person_status_changed", "document_added", "staff_status_changed"),
    **_went_well(ACCESS, ASSIGN, "mandate_granted", "acting_chosen", "consent_granted"),
    **_went_well(ACCESS, ASSIGN, "authorization_approved"),
    **_grave(ACCESS, ASSIGN, "staff_roles_changed"),
    **_failed(ACCESS, ASSIGN, "mandate_refused_to", "representation_refused", "care_refused"),
    **_failed(ACCESS, ASSIGN, "consent_refused", "authorization_denied", "staff_refused"),
    **_failed(ACCESS, ASSIGN, "backchannel_reported", severity=Severity.MEDIUM),
    **_went_well(ACCESS, REVOKE, "mandate_ended", "consent_withdrawn"),
    **_went_well(ACCESS, OTHER, "mandate_invited", "mandate_invitation_answered", "mandate_changed"),
    **_went_well(ENTITY, CREATE, "organisation_enrolled", "client_registered", "client_self_registered"),
    **_went_well(ENTITY, CREATE, "initial_token_made"),
    **_failed(ENTITY, CREATE, "registration_refused"),
    **_went_well(ENTITY, CREATE, "case_opened"),
    **_went_well(ENTITY, UPDATE, "case_assigned", "case_noted", "case_graded", "case_set_waiting"),
    **_went_well(ENTITY, UPDATE, "case_resumed", "case_subject_added", "case_alert_added", "case_closed"),
    **_went_well(ENTITY, UPDATE, "case_reopened", "alert_status_changed"),
    **_grave(ENTITY, CREATE, "alert_raised"),
    **_went_well(ENTITY, READ, "rule_tried"),
    **_went_well(ENTITY, UPDATE, "organisation_changed", "organisations_imported", "guardianships_imported"),
    **_went_well(ENTITY, UPDATE, "people_imported", "client_changed", "client_logo_changed", "keys_rotated"),
    **_went_well(ENTITY, UPDATE, "fields_reencrypted", "acceptance_level_changed", "mandates_suspended"),
    **_went_well(ENTITY, DELETE, "search_removed"),
    **_went_well(ENTITY, UPDATE, "measure_asked", "measure_declined", "measure_finished", "measure_undone"),
    **_grave(ENTITY, UPDATE, "measure_taken"),
    **_failed(AUTHENTICATION, LOGON, "blocked_refused"),
    **_failed(AUTHENTICATION, LOGON, "sign_in_disowned", severity=Severity.HIGH),
    **_went_well(ENTITY, DELETE, "client_deleted", "initial_token_ended", "audit_rows_dropped"),
    **_went_well(ENTITY, READ, "audit_proved", "audit_searched", "security_viewed", "tail_opened"),
    **_went_well(ENTITY, READ, "unmask_asked", "unmask_decided"),
    **_failed(ENTITY, READ, "unmask_refused"),
    **_grave(ENTITY, READ, "person_unmasked"),
    **_went_well(ENTITY, CREATE, "search_saved"),
    **_grave(ENTITY, READ, "audit_export_started", "audit_exported", "face_evidence_exported"),
    **_grave(ENTITY, READ, "audit_verified"),
    **_failed(ENTITY, CREATE, "audit_proof_late", severity=Severity.HIGH),
    **_went_well(Class.APPLICATION_LIFECYCLE, START, "process_started"),
    **_grave(ENTITY, CREATE, "sandbox_traffic_made"),
    **_went_well(ENTITY, UPDATE, "sandbox_outcomes_chosen", "sandbox_outcomes_ended"),
    **_went_well(ACCESS, ASSIGN, "sandbox_app_token_made"),
    **_went_well(ACCESS, REVOKE, "sandbox_app_token_withdrawn"),
    **_went_well(ACCOUNT, CREATE, "sandbox_person_made"),
    **_went_well(ACCOUNT, DELETE, "sandbox_person_removed"),
    **_went_well(ENTITY, CREATE, "team_made", "app_made"),
    **_went_well(ENTITY, UPDATE, "team_renamed", "app_paused", "app_resumed"),
    **_went_well(ENTITY, UPDATE, "app_watched", "app_unwatched"),
    **_went_well(ENTITY, UPDATE, "app_check_set_up", "app_check_started", "app_check_reported"),
    **_went_well(ENTITY, UPDATE, "app_badge_turned"),
    **_went_well(ACCESS, ASSIGN, "app_check_token_made"),
    **_went_well(ACCESS, REVOKE, "app_check_token_withdrawn"),
    **_went_well(ENTITY, DELETE, "app_deleted"),
    **_went_well(ENTITY, UPDATE, "app_draft_changed"),
    **_went_well(API, READ, "logout_tried", "jwks_tried", "logo_tried"),
    **_went_well(ENTITY, CREATE, "app_package_made", "app_package_taken", "app_request_made"),
    **_went_well(ENTITY, UPDATE, "app_request_withdrawn", "app_request_decided"),
    **_went_well(ACCESS, ASSIGN, "team_member_added"),
    **_went_well(ACCESS, REVOKE, "team_member_removed"),
    **_went_well(ACCESS, OTHER, "team_invitation_made", "team_invitation_ended", "team_member_changed"),
    **_failed(ACCESS, ASSIGN, "developer_refused"),
    **_went_well(API, CREATE, "code_issued", "token_issued", "token_exchanged", "authorization_requested"),
    **_went_well(API, CREATE, "backchannel_requested", "notification_delivered"),
    **_failed(API, CREATE, "authorization_refused", "token_refused", "notification_failed"),
    **_went_well(ENTITY, CREATE, "client_secret_made"),
    **_went_well(ENTITY, DELETE, "client_secret_revoked"),
    **_went_well(ENTITY, READ, "client_credential_expiring"),
    **_failed(API, CREATE, "client_limited"),
    **_went_well(ENTITY, UPDATE, "client_limit_set"),
    **_failed(API, CREATE, "code_replayed", severity=Severity.HIGH),
    **_went_well(API, READ, "claims_released"),
    **_went_well(API, DELETE, "grant_ended"),
}


def meaning_of(name: str) -> Meaning:
    return MEANINGS.get(name, UNKNOWN)


DETAILS = ("reason", "error", "rule", "outcome")
"""Fields that say how it went, the first that is there."""


def detail_of(fields: Mapping[str, object]) -> str | None:
    return next((str(fields[name]) for name in DETAILS if name in fields), None)
