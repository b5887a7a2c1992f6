from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness.calibration.pairs import Pair, PairsInvalid, read_pairs


def listed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "pairs.csv"
    path.write_text(text)
    return path


def test_pairs_lie_beside_their_list(tmp_path: Path):
    path = listed(tmp_path, "\ufeffsame,a,b,note\n1,x/1.jpg, x/2.jpg,\nNo,x/1.jpg,y/1.jpg,older\n")
    assert read_pairs(path) == (
        Pair(tmp_path / "x/1.jpg", tmp_path / "x/2.jpg", True),
        Pair(tmp_path / "x/1.jpg", tmp_path / "y/1.jpg", False),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column a, b, same"),
        ("a,b\n1,2\n", "no column same"),
        ("a,b,same\nx,y,perhaps\n", "line 2: same is 1 or 0"),
        ("a,b,same\nx,y,1\nx,,1\n", "line 3: needs two pictures"),
        ("a,b,same\nx\n", "line 2: needs two pictures"),
        ("a,b,same\nx,x,1\n", "line 2: a picture says nothing"),
        ('a,b,same\n"x,y,1\n', "unexpected end"),
        ("a,b,same\nx,y,1\nx,z,1\nx,w,1\n", "over 2 pairs"),
    ],
)
def test_a_list_that_is_wrong_anywhere_is_refused(tmp_path: Path, text: str, says: str):
    with pytest.raises(PairsInvalid, match=says):
        read_pairs(listed(tmp_path, text), most=2)


def test_a_list_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(PairsInvalid, match=r"none\.csv: No such file"):
        read_pairs(tmp_path / "none.csv")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"a,b,same\n" + content)
    try:
        pairs = read_pairs(path)
    except PairsInvalid:
        return
    assert all(pair.a != pair.b for pair in pairs)
