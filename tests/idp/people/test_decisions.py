"""Every answer of the register with every account there may be."""

from itertools import product

import pytest

from idp.people.decisions import Act, decide, decide_by_phone
from idp.people.enrolment import Refusal, Way
from idp.people.models import PersonStatus
from idp.people.registry import Answer


@pytest.mark.parametrize(
    ("register", "status", "way"),
    list(product(Answer, [None, *PersonStatus], [Way.FACE, Way.REGISTER_PHONE, Way.ACTIVATION_CODE])),
)
def test_every_decision(register: Answer, status: PersonStatus | None, way: Way) -> None:
    decision = decide(register, status, way)
    if register is Answer.UNAVAILABLE:
        assert decision.act is Act.LATER
    elif register is not Answer.MATCH or status is PersonStatus.FROZEN:
        assert decision.act is Act.REFUSE
        assert decision.refusal is not None
    elif way is Way.REGISTER_PHONE and status is not None:
        # A text message alone never recovers an account above level 1.
        assert (decision.act, decision.level) in {(Act.CLAIM, 1), (Act.REFUSE, 0)}
        assert (decision.act is Act.CLAIM) is (status is PersonStatus.ACTIVE)
    else:
        assert decision.level == 2
        assert decision.act is (
            Act.CREATE if status is None else Act.CLAIM if status is PersonStatus.ACTIVE else Act.REOPEN
        )


@pytest.mark.parametrize(
    ("is_the_accounts", "name_agrees", "status"),
    list(product([True, False], [True, False], [None, *PersonStatus])),
)
def test_every_decision_by_a_text_message_alone(
    is_the_accounts: bool, name_agrees: bool, status: PersonStatus | None
) -> None:
    decision = decide_by_phone(is_the_accounts=is_the_accounts, name_agrees=name_agrees, status=status)
    if is_the_accounts and name_agrees and status is PersonStatus.ACTIVE:
        assert (decision.act, decision.level) == (Act.CLAIM, 1)
    else:
        assert decision.refusal is Refusal.NOT_CONFIRMED
