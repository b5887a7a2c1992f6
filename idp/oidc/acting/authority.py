"""`authority`: the same as `acting_for`, as a verified claim of the draft "OpenID Connect Authority claims
extension" (openid-authority-00, November 2024), for who builds on that.

Of organisations alone: a principal would have to be identified by name and birth date (section `applies_to`),
which somebody else cannot agree to.
"""

from typing import Any

from idp.mandates.models import Role
from idp.mandates.standing import Standing
from idp.oidc.acting.claim import MATTERS, Named
from idp.people.directory import day_in_china

ROLES = (Role.LEGAL_REPRESENTATIVE, Role.ADMINISTRATOR, Role.AGENT)
APPOINTED, DELEGATED = "appointed", "delegated"
"""Methods: the register says so; somebody who has the authority has passed some of it on."""
REGISTER = "business register"
NUMBER_ISSUER = "GB 32100"
JURISDICTION = "CN"


def authority(mandate: Standing, told: dict[str, Any], named: Named) -> list[dict[str, Any]]:
    """`told`: `acting_for` of the same answer, which may be for fewer matters than the mandate."""
    permission: dict[str, Any] = {"role": mandate.role.value}
    if mandate.expires_at is not None:
        # To the day: `exp` of `acting_for` says the second.
        permission["validity"] = [{"end": day_in_china(mandate.expires_at).isoformat()}]
    if MATTERS in told:
        permission["function"] = told[MATTERS]
    permission["may_delegate"] = mandate.may_pass_on
    is_root = mandate.role is Role.LEGAL_REPRESENTATIVE
    return [
        {
            "applies_to": {
                "organization_name": named.name,
                "registration_number": [{"number": named.code, "issuer": NUMBER_ISSUER}],
                "registered_jurisdiction": JURISDICTION,
            },
            "permission": [permission],
            "granted_by": {"method": APPOINTED, "granting_body": REGISTER}
            if is_root
            else {"method": DELEGATED},
        }
    ]
