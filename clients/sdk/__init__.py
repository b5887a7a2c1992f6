"""A relying-party helper over Authlib: sign-in, levels and their end, the answer's checks, sign-out."""

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
    "AnswerRejected",
    "Cancelled",
    "LevelTooLow",
    "LogoutNotice",
    "LogoutRefused",
    "NotStartedHere",
    "Provider",
    "ProviderUnreachable",
    "Registration",
    "SignIn",
    "SignInRefused",
    "level_after",
    "require_level",
    "stated_level",
]
