"""Which case a cause is: the first whose words fit what the error said."""

import re
from collections.abc import Iterator
from functools import lru_cache

from idp.doctor.case import Case
from idp.doctor.cases import (
    asking,
    authentication,
    forced,
    proofs,
    registering,
    signed_requests,
    tokens,
    using,
)

CASES: tuple[Case, ...] = (
    *forced.CASES,
    *asking.CASES,
    *signed_requests.CASES,
    *authentication.CASES,
    *proofs.CASES,
    *tokens.CASES,
    *using.CASES,
    *registering.CASES,
)
"""In order: of two that fit, the first, so what is narrower stands before what is wider."""
BAR = " | "


def case_of(error: str, description: str, detail: str) -> Case | None:
    """None for what no case knows: a test holds that this is no error of the protocol's."""
    said = f"{description}{BAR}{detail}"
    coded = f"{error}: {said}"
    for pattern, case in _patterns():
        if pattern.fullmatch(said) or pattern.fullmatch(coded):
            return case
    return None


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], Case], ...]:
    return tuple((_compiled(said), case) for case, said in _said())


def _said() -> Iterator[tuple[Case, str]]:
    for case in CASES:
        for said in case.said:
            yield case, said


def _compiled(said: str) -> re.Pattern[str]:
    whole = said if BAR in said else f"{said}{BAR}*"
    return re.compile(".*".join(map(re.escape, whole.split("*"))), re.DOTALL)
