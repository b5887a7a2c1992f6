"""What staff may do, and which of them may be second officers."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final


class StaffRole(StrEnum):
    """Stored, so a value never changes its meaning. One account may have several."""

    SECURITY = "security"
    AUDITOR = "auditor"
    """Reads everything and changes nothing; nobody alone takes this role from its holder."""
    OPERATOR = "operator"
    CLERK = "clerk"
    """Helps people at a service window."""
    APPROVER = "approver"
    """Decides which apps go live, and what they may ask people for."""


SECOND_OFFICERS: Final = frozenset({StaffRole.SECURITY, StaffRole.AUDITOR})
"""Who may agree to what nobody does alone."""


def in_order(roles: Collection[str]) -> list[str]:
    """Each once, in the order of the roles above. Raises ValueError for what is no role."""
    wanted = {StaffRole(role) for role in roles}
    return [role.value for role in StaffRole if role in wanted]
