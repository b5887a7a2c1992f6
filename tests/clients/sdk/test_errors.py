"""Errors are a tree, and each has advice."""

import pytest

from clients.sdk import AnswerRejected, LevelTooLow, SignInRefused, StepUpNeeded, errors
from clients.sdk.errors import PROVIDER_SAYS, Cancelled, RelyingPartyError


def all_below(kind: type[RelyingPartyError]) -> list[type[RelyingPartyError]]:
    return [below for one in kind.__subclasses__() for below in (one, *all_below(one))]


def made(kind: type[RelyingPartyError]) -> RelyingPartyError:
    if issubclass(kind, SignInRefused):
        return kind("server_error")
    return LevelTooLow(1, 2) if kind is LevelTooLow else kind("what happened")


@pytest.mark.parametrize("kind", all_below(RelyingPartyError), ids=lambda kind: kind.__name__)
def test_each_has_advice(kind: type[RelyingPartyError]) -> None:
    problem = StepUpNeeded(3) if kind is StepUpNeeded else made(kind)
    assert len(problem.advice) > 20
    assert str(problem)


@pytest.mark.parametrize("error", PROVIDER_SAYS)
def test_advice_is_that_of_the_code(error: str) -> None:
    assert SignInRefused(error).advice == PROVIDER_SAYS[error]
    assert AnswerRejected(error, "which check").advice == PROVIDER_SAYS[error]


def test_a_code_that_nobody_knows_leads_to_the_reference() -> None:
    assert "reference" in SignInRefused("invented_later", "Words. (reference ABC234)").advice
    assert "No fault" in Cancelled("access_denied").advice


def test_the_tree_has_one_root() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert all(issubclass(kind, RelyingPartyError) for kind in kinds)
