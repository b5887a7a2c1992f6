"""Names of organisations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.business.names import LONGEST_CHARACTERS, InvalidName, masked, normalise


@pytest.mark.parametrize(("text", "name"), [
    ("示例(集团)有限公司", "示例（集团）有限公司"),
    ("示例（集团）有限公司", "示例（集团）有限公司"),
    (" Ｓｐｅｃｉｍｅｎ   (China) Co., Ltd. ", "Specimen (China) Co., Ltd."),
    ("示例\u200b公司\ufeff", "示例公司"),
])  # fmt: skip
def test_one_form_is_kept(text: str, name: str) -> None:
    assert normalise(text) == name


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "示例\x00公司", "公" * (LONGEST_CHARACTERS + 1)])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(InvalidName) as caught:
        normalise(text)
    assert str(caught.value) == "not a name of an organisation"


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    try:
        name = normalise(text)
    except InvalidName:
        return
    assert normalise(name) == name


def test_a_masked_name_tells_what_it_is_and_not_whose() -> None:
    assert masked("韩梅梅样本茶馆") == "*****茶馆"
    assert [masked(name) for name in ("甲", "甲乙", "甲乙丙")] == ["*", "*乙", "*乙丙"]
