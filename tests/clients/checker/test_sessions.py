"""What a sign-in leaves behind: tokens that are seen, however an application writes its pages."""

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.checker.checks.sessions import has_jwt

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJlLW9mLWEtdG9rZW4"
PLAINLY = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}", re.ASCII)
"""The same in one line, which may take hours."""


@pytest.mark.parametrize(
    "text",
    [TOKEN, f'"{TOKEN}"', f"?id_token={TOKEN}&state=a", f"token_{TOKEN}", f"a.b.{TOKEN}.c", f"令牌{TOKEN}。"],
)
def test_a_token_is_seen_wherever_it_stands(text: str) -> None:
    assert has_jwt(text)


@pytest.mark.parametrize("text", ["", "eyJ", "a.b.c", TOKEN.rpartition(".")[0], TOKEN.replace(".", " ")])
def test_what_is_none_is_none(text: str) -> None:
    assert not has_jwt(text)


@given(
    st.lists(st.sampled_from(["eyJ", ".", "a" * 8, "b" * 16, "-", " ", "é", "."]), max_size=12).map("".join)
)
def test_it_sees_what_is_meant(text: str) -> None:
    assert has_jwt(text) == (PLAINLY.search(text) is not None)


@pytest.mark.parametrize("piece", ["eyJ", "eyJaaaaaaaa.", "eyJaaaaaaaa.eyJaaaaaaaa. ", "-", "a.", "."])
def test_attack_a_page_that_keeps_the_worker_busy_for_hours(piece: str) -> None:
    """A megabyte, as much as is read. No limit of time would end a search that has begun, nor let the other
    work of the process go on."""
    page = piece * (1024 * 1024 // len(piece))
    begun = perf_counter()
    assert not has_jwt(page)
    assert perf_counter() - begun < 5
