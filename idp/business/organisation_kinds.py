"""What kinds of organisation there are, how they stand, and which kind a credit code tells."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class OrganisationType(StrEnum):
    """Stored, so a value never changes its meaning."""

    ENTERPRISE = "enterprise"
    INDIVIDUAL_BUSINESS = "individual_business"
    """个体工商户: one person's or one family's, often under that person's name."""
    FARMERS_COOPERATIVE = "farmers_cooperative"
    GOVERNMENT_BODY = "government_body"
    PUBLIC_INSTITUTION = "public_institution"
    """事业单位: hospitals, schools, institutes."""
    MASS_ORGANISATION = "mass_organisation"
    """群众团体 whose posts the central office for posts manages."""
    SOCIAL_ORGANISATION = "social_organisation"
    PRIVATE_NON_ENTERPRISE = "private_non_enterprise"
    """民办非企业单位, in newer laws 社会服务机构."""
    FOUNDATION = "foundation"
    LEGAL_SERVICE = "legal_service"
    """Law firms, notaries, forensic institutes, arbitration commissions."""
    TRADE_UNION = "trade_union"
    RELIGIOUS_BODY = "religious_body"
    RURAL_COLLECTIVE = "rural_collective"
    REPRESENTATIVE_OFFICE = "representative_office"
    """Of foreign news agencies and of tourism boards."""
    OTHER = "other"


class OrganisationStatus(StrEnum):
    """How the register says that an organisation stands; nobody acts for one that is not active."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    """歇业: closed for a time, by its own declaration or by the authority's decision."""
    REVOKED = "revoked"
    """吊销 or 撤销: the authority has taken the licence; the organisation may only wind up."""
    DISSOLVED = "dissolved"
    """注销: ended for good."""
    MISSING = "missing"
    """The register knew it once and does not any more; it never says this itself."""


REGISTERED_STATUSES: Final = frozenset(OrganisationStatus) - {OrganisationStatus.MISSING}
"""What a register can say."""

# GB 32100-2015 with its amendment no. 1 (2016), and the pairs that the national code centre gave to
# authorities since: first place the authority that registers, second place the class of organisation.
_TYPES: Final = {
    "11": OrganisationType.GOVERNMENT_BODY,
    "12": OrganisationType.PUBLIC_INSTITUTION,
    "13": OrganisationType.MASS_ORGANISATION,
    "21": OrganisationType.REPRESENTATIVE_OFFICE,
    **dict.fromkeys(("31", "32", "33", "34", "35", "39"), OrganisationType.LEGAL_SERVICE),
    "51": OrganisationType.SOCIAL_ORGANISATION,
    "52": OrganisationType.PRIVATE_NON_ENTERPRISE,
    "53": OrganisationType.FOUNDATION,
    **dict.fromkeys(("61", "62"), OrganisationType.REPRESENTATIVE_OFFICE),
    **dict.fromkeys(("71", "72", "79"), OrganisationType.RELIGIOUS_BODY),
    **dict.fromkeys(("81", "89"), OrganisationType.TRADE_UNION),
    "91": OrganisationType.ENTERPRISE,
    "92": OrganisationType.INDIVIDUAL_BUSINESS,
    "93": OrganisationType.FARMERS_COOPERATIVE,
    "A1": OrganisationType.PUBLIC_INSTITUTION,
    **dict.fromkeys(("N1", "N2", "N3", "N9"), OrganisationType.RURAL_COLLECTIVE),
    **dict.fromkeys(("19", "29", "41", "49", "59", "69", "A9", "Y1"), OrganisationType.OTHER),
}


def type_of_category(category: str) -> OrganisationType | None:
    """What the first two places of a credit code tell; None for a pair that we do not know.

    A code is for life: a register may know better, as of a shop that became a company and kept its code.
    """
    return _TYPES.get(category)
