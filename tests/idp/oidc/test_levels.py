"""What level a request asks for."""

from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.levels import ACR_VALUES, acr, ask, level_of_acr

values = st.lists(st.sampled_from((*ACR_VALUES, acr(4), acr(0), "urn:other", "")), max_size=4)


@given(st.integers(1, 3), values, values)
def test_no_request_lowers_the_clients_minimum(
    minimum: int, wishes: list[str], conditions: list[str]
) -> None:
    asked = ask(minimum, wishes, conditions)
    assert asked.needed >= minimum
    for level in range(1, 5):
        if asked.is_met_by(level):
            assert minimum <= asked.reported(level) <= level
            assert not conditions or acr(asked.reported(level)) in conditions


@given(st.text(max_size=30))
def test_only_our_own_values_have_a_level(text: str) -> None:
    assert (level_of_acr(text) is None) == (text not in ACR_VALUES)
