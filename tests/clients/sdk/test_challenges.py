"""Step-up challenges as services write them (RFC 9470), and as they should not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.sdk import ACR, StepUpNeeded, challenge_of, raise_for_step_up
from clients.sdk.challenges import HEADER_CHARACTERS, Challenge, header

STEP_UP = 'error="insufficient_user_authentication"'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f'Bearer {STEP_UP}, acr_values="urn:yitong:acr:3"', Challenge(3)),
        (f'Bearer realm="a, b", {STEP_UP}, max_age="5", acr_values="urn:yitong:acr:3"', Challenge(3, 5)),
        (f"DPoP algs=ES256, {STEP_UP}, max_age=60", Challenge(0, 60)),
        (f'Basic realm="x", Bearer {STEP_UP}, max_age="7"', Challenge(0, 7)),
        (f'bearer {STEP_UP}, ACR_VALUES="urn:yitong:acr:4 urn:yitong:acr:3"', Challenge(3)),
        (f'Bearer {STEP_UP}, acr_values="urn:other:gold"', Challenge()),
        (f"Bearer {STEP_UP}, max_age=-1", Challenge()),
        (f'Bearer {STEP_UP}, max_age="٣"', Challenge()),
        (f"Bearer {STEP_UP}, max_age=999999999", Challenge(0, 366 * 86_400)),
        ('Bearer error="invalid_token"', None),
        ('Bearer error_description="error=insufficient_user_authentication"', None),
        (f'Bearer realm="\\", {STEP_UP}"', None),
        (f'Bearer realm="Bearer {STEP_UP}"', None),
        ("", None),
        ("Bearer", None),
        (f"Bearer {STEP_UP}".ljust(HEADER_CHARACTERS + 1), None),
    ],
)
def test_a_challenge_is_read(text: str, found: Challenge | None) -> None:
    assert challenge_of({"www-authenticate": text}) == found


def test_only_a_401_is_one() -> None:
    headers = {"WWW-Authenticate": f"Bearer {STEP_UP}"}
    raise_for_step_up(200, headers)
    raise_for_step_up(401, {})
    with pytest.raises(StepUpNeeded) as caught:
        raise_for_step_up(401, headers)
    assert caught.value.advice


@given(st.sampled_from([0, *ACR]), st.none() | st.integers(0, 86_400))
def test_what_a_service_of_ours_writes_is_read(level: int, max_age: int | None) -> None:
    assert challenge_of({"WWW-Authenticate": header(level, max_age)}) == Challenge(level, max_age)


@given(st.text(st.sampled_from('Bearer=", \\errormax_ag0 \t;é'), max_size=200) | st.text())
def test_nothing_is_raised_by_any_text(text: str) -> None:
    challenge_of({"WWW-Authenticate": text})
