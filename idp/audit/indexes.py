"""What searches of the log need of PostgreSQL besides the indexes that both databases have.

Each costs time whenever an event is written; docs/audit-search.md says how much. Conditions keep those small
that few events fill. A search has to repeat expression and condition to the letter, for the planner to see
that an index serves it; so they stand here once.
"""

ADDRESS = "CAST(substring(audit_events.address from '^[0-9a-fA-F]{0,4}[.:][0-9a-fA-F.:]*') AS INET)"
"""The address as PostgreSQL compares it; NULL of what is none. A zone (`fe80::1%eth0`) is left out."""
COMMON = (
    *("signed_in", "signed_out", "stepped_up", "sign_in_refused", "face_checked", "face_refused"),
    *("code_issued", "token_issued", "token_refused", "claims_released", "logout_delivered", "sms_code_sent"),
)
"""Events of every day: the latest of these are found by time alone. All others are in an index of names."""
IS_RARE = f"name NOT IN ({', '.join(repr(name) for name in COMMON)})"


def member_of(name: str) -> str:
    """A member of the payload as PostgreSQL takes it out of canonical JSON; ids have nothing escaped."""
    return f"""substring(audit_events.payload from '"{name}":"([^"]*)"')"""


def has_member(name: str) -> str:
    return f"""audit_events.payload LIKE '%"{name}":%'"""


INDEXES = {
    # Without a condition: of an expression the planner knows how its values lie by a whole index alone.
    "ix_audit_events_address_at": f"(({ADDRESS}), at)",
    "ix_audit_events_device_at": "(device, at) WHERE device IS NOT NULL",
    "ix_audit_events_interaction_id": "(interaction_id) WHERE interaction_id IS NOT NULL",
    "ix_audit_events_name_at": f"(name, at) WHERE {IS_RARE}",
    "ix_audit_events_actor_at": "(actor, at) WHERE actor IS NOT NULL",
    "ix_audit_events_organisation_at": f"(({member_of('organisation_id')}), at)"
    f" WHERE {has_member('organisation_id')}",
    "ix_audit_events_session_at": f"(({member_of('session_id')}), at) WHERE {has_member('session_id')}",
}
