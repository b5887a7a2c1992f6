"""A relying party of Yitong (一通): sign-in, levels and step-up, acting for others, fresh tokens, sign-out.

`Provider` knows no framework; `flask.RelyingParty`, in the module of that name, is the same for Flask.
"""

from .acting import ActingFor, acting_for, require_matter
from .challenges import StepUpNeeded, challenge_of, raise_for_step_up
from .errors import (
    AnswerRejected,
    Busy,
    Cancelled,
    LogoutRefused,
    NotCovered,
    NotSignedIn,
    NotStartedHere,
    ProviderUnreachable,
    RelyingPartyError,
    SignInRefused,
    StoreBroken,
)
from .levels import ACR, LevelTooLow, level_after, require_level, stated_level
from .logout import LogoutNotice
from .provider import Provider
from .refreshing import FreshTokens
from .registration import Registration
from .sign_ins import SignIn
from .store import Store, in_memory
from .tokens import Tokens
from .visits import Visit, Visits

__version__ = "1.1.0"

__all__ = [
    "ACR",
    "ActingFor",
    "AnswerRejected",
    "Busy",
    "Cancelled",
    "FreshTokens",
    "LevelTooLow",
    "LogoutNotice",
    "LogoutRefused",
    "NotCovered",
    "NotSignedIn",
    "NotStartedHere",
    "Provider",
    "ProviderUnreachable",
    "Registration",
    "RelyingPartyError",
    "SignIn",
    "SignInRefused",
    "StepUpNeeded",
    "Store",
    "StoreBroken",
    "Tokens",
    "Visit",
    "Visits",
    "__version__",
    "acting_for",
    "challenge_of",
    "in_memory",
    "level_after",
    "raise_for_step_up",
    "require_level",
    "require_matter",
    "stated_level",
]
