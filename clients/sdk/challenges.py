"""Step-up challenges (RFC 9470): a service says that a token proves too little, or that its proof is too
old."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from .errors import RelyingPartyError
from .levels import ACR

ERROR = "insufficient_user_authentication"
HEADER_CHARACTERS = 4 * 1024
SECONDS_AT_MOST = 366 * 86_400
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105
SCHEME = re.compile(rf"(?:^|,)\s*({TOKEN})(?=\s+{TOKEN}\s*=)")
PARAMETER = re.compile(rf'({TOKEN})\s*=\s*("(?:[^"\\]|\\.)*"|{TOKEN})')


class StepUpNeeded(RelyingPartyError):
    """The person has to prove more, or again; then the same can be asked once more."""

    ADVICE = (
        "Begin a sign-in with this level and max_age: who is signed in is asked only for what is missing."
    )

    def __init__(self, level: int = 0, max_age: int | None = None) -> None:
        super().__init__("more, or a fresher proof of who it is, is needed")
        self.level = level
        """0: the registration's."""
        self.max_age = max_age
        """Seconds; None: any."""


@dataclass(frozen=True)
class Challenge:
    level: int = 0
    max_age: int | None = None


def challenge_of(headers: Mapping[str, str]) -> Challenge | None:
    """What a 401 asks for in its WWW-Authenticate (sections 3 and 4); None: no step-up.

    Of several `acr_values`, the lowest of ours suffices.
    """
    text = next((value for name, value in headers.items() if name.lower() == "www-authenticate"), "")
    if len(text) > HEADER_CHARACTERS:
        return None
    for told in _challenges(text):
        if told.get("error") != ERROR:
            continue
        named = told.get("acr_values", "").split()
        levels = [level for level, acr in ACR.items() if acr in named]
        max_age = told.get("max_age", "")
        is_seconds = max_age.isascii() and max_age.isdigit() and len(max_age) < 10
        return Challenge(min(levels, default=0), min(int(max_age), SECONDS_AT_MOST) if is_seconds else None)
    return None


def raise_for_step_up(status: int, headers: Mapping[str, str]) -> None:
    """After a call to a service with a person's token. Raises StepUpNeeded."""
    if status == 401 and (found := challenge_of(headers)) is not None:
        raise StepUpNeeded(found.level, found.max_age)


def header(level: int, max_age: int | None = None, *, scheme: str = "Bearer") -> str:
    """The WWW-Authenticate of a service of your own that wants more (section 3)."""
    parts = [f'error="{ERROR}"', 'error_description="A higher or fresher proof is needed"']
    if level:
        parts.append(f'acr_values="{ACR[level]}"')
    if max_age is not None:
        parts.append(f'max_age="{max_age}"')
    return f"{scheme} {', '.join(parts)}"


def _challenges(text: str) -> list[dict[str, str]]:
    """Each challenge's parameters, names in lower case (RFC 9110 section 11.6.1)."""
    # What is quoted cannot begin a challenge.
    blank = re.sub(r'"(?:[^"\\]|\\.)*"', lambda quoted: '"' + "_" * (len(quoted[0]) - 2) + '"', text)
    starts = [found.start(1) for found in SCHEME.finditer(blank)]
    return [_parameters(text[start:end]) for start, end in pairwise([*starts, len(text)])]


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in PARAMETER.findall(text):
        plain = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        found.setdefault(name.lower(), plain)
    return found
