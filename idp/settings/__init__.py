"""Every setting: its type, its unit, its bounds. A wrong or unknown key stops the start.

Order, later wins: `config/default.toml`, `config/<mode>.toml`, the file named by IDP_CONFIG, then the
environment: `IDP_ISSUER=...`, `IDP_DATABASE__URL=...` (two underscores between section and key).
"""

from idp.settings.client_limits import ClientLimits
from idp.settings.loading import SettingsWrong, load, read_token, validate
from idp.settings.mandates import Mandates
from idp.settings.measures import Measures
from idp.settings.sections import (
    AssertionIssuer,
    Backchannel,
    BusinessRegister,
    Device,
    Gate,
    HttpService,
    Limits,
    Liveness,
    Mail,
    Messages,
    Outbound,
    Protocol,
    Register,
)
from idp.settings.staff import Staff
from idp.settings.whole import ROOT, Settings

__all__ = [
    "ROOT",
    "AssertionIssuer",
    "Backchannel",
    "BusinessRegister",
    "ClientLimits",
    "Device",
    "Gate",
    "HttpService",
    "Limits",
    "Liveness",
    "Mail",
    "Mandates",
    "Measures",
    "Messages",
    "Outbound",
    "Protocol",
    "Register",
    "Settings",
    "SettingsWrong",
    "Staff",
    "load",
    "read_token",
    "validate",
]
