"""A relying-party helper over Authlib: levels, the callback's checks, sign-out."""

from clients.sdk.levels import ACR, LevelTooLow, level_of, require_level
from clients.sdk.provider import Provider, Registration, SignInRefused

__all__ = ["ACR", "LevelTooLow", "Provider", "Registration", "SignInRefused", "level_of", "require_level"]
