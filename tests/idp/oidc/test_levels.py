"""What level a request asks for."""

from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.levels import ACR_VALUES, acr, acr_values, ask, level_of_acr

values = st.lists(st.sampled_from((*ACR_VALUES, acr(5), acr(0), "urn:other", "")), max_size=4)


@given(st.integers(1, 4), values, values, st.integers(3, 4))
def test_no_request_lowers_the_clients_minimum(
    minimum: int, wishes: list[str], conditions: list[str], highest: int
) -> None:
    asked = ask(minimum, wishes, conditions, highest)
    assert asked.needed >= minimum
    for level in range(1, 5):
        if asked.is_met_by(level):
            assert minimum <= asked.reported(level) <= level
            assert not conditions or acr(asked.reported(level)) in conditions


@given(st.text(max_size=30))
def test_only_our_own_values_have_a_level(text: str) -> None:
    assert (level_of_acr(text) is None) == (text not in ACR_VALUES)


def test_level_4_is_asked_for_only_where_it_can_be_reached() -> None:
    assert ask(1, [acr(4)], [], highest=4).needed == 4
    assert ask(1, [acr(4), acr(2)], [], highest=3).needed == 2
    assert ask(1, [], [acr(4)], highest=3).unreachable
    assert ask(1, [], [acr(4), acr(3)], highest=3).needed == 3
    assert ask(4, [], [], highest=3).unreachable
    assert acr_values(3) == [acr(1), acr(2), acr(3)]
