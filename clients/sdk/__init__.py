"""A relying-party helper over Authlib: sign-in, levels and their end, the answer's checks, sign-out."""

from clients.sdk.acting import ActingFor, NotCovered, acting_for, require_matter
from clients.sdk.errors import (
    AnswerRejected,
    Cancelled,
    LogoutRefused,
    NotStartedHere,
    ProviderUnreachable,
    SignInRefused,
)
from clients.sdk.levels import ACR, LevelTooLow, level_after, require_level, stated_level
from clients.sdk.logout import LogoutNotice
from clients.sdk.provider import Provider, Registration, SignIn

__all__ = [
    "ACR",
    "ActingFor",
    "AnswerRejected",
    "Cancelled",
    "LevelTooLow",
    "LogoutNotice",
    "LogoutRefused",
    "NotCovered",
    "NotStartedHere",
    "Provider",
    "ProviderUnreachable",
    "Registration",
    "SignIn",
    "SignInRefused",
    "acting_for",
    "level_after",
    "require_level",
    "require_matter",
    "stated_level",
]
