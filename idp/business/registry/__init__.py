"""The business register: its contract, and two adapters that keep it."""

from idp.business.registry.contract import (
    BusinessRegister,
    LegalRepresentative,
    RegisteredOrganisation,
    RegisterUnavailable,
)
from idp.business.registry.opening import open_business_register

__all__ = [
    "BusinessRegister",
    "LegalRepresentative",
    "RegisterUnavailable",
    "RegisteredOrganisation",
    "open_business_register",
]
