from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveness.evaluation.dataset import DatasetInvalid, read_dataset
from liveness.types import Action

HEADER = "path,label,attack,source\n"


def written(directory: Path, text: str | bytes) -> Path:
    path = directory / "set.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_rows_are_read_relative_to_the_list(tmp_path: Path):
    text = HEADER + "a.jpg,live,,desk\nsub/b.mp4,Attack,Print,phone\n/c,bona fide,,\n\n"
    first, second, third = read_dataset(written(tmp_path, text)).rows
    assert (first.path, first.attack, first.source, first.line) == (tmp_path / "a.jpg", None, "desk", 2)
    assert (second.path, second.attack, second.is_live) == (tmp_path / "sub/b.mp4", "print", False)
    assert (third.path, third.is_live, third.source) == (Path("/c"), True, "(none)")


@pytest.mark.parametrize("label", ["live", "LIVE", "bona fide", "bona_fide", "bona-fide", "bonafide"])
def test_words_for_live(label: str, tmp_path: Path):
    assert read_dataset(written(tmp_path, f"{HEADER}a,{label},,s\n")).rows[0].is_live


def test_columns_may_stand_in_any_order_among_others(tmp_path: Path):
    text = '\ufeffnote,SOURCE,attack,label,path,actions,fps\nx,s,,live,p,"turn_left, blink",15\n'
    (row,) = read_dataset(written(tmp_path, text)).rows
    assert (row.name, row.actions, row.fps) == ("p", (Action.TURN_LEFT, Action.BLINK), 15.0)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a,maybe,,s", "neither live nor attack"),
        ("a,attack,,s", "needs its kind"),
        ("a,live,print,s", "has the attack 'print'"),
        (",live,,s", "no path"),
        ("a,live", "no attack: the line has 2 cells"),
        (f"a,live,,{'s' * 101}", "source is over"),
        ('a,attack,"x\x07",s', "not printable"),
        ("a,live,,s,dance,", "the actions are"),
        ("a,live,,s,,0", "fps '0'"),
        ("a,live,,s,,many", "many"),
        ("a,live,,s,,nan", "fps 'nan'"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(line: str, words: str, tmp_path: Path):
    optional = ",," if line.count(",") == 3 else ""
    text = f"path,label,attack,source,actions,fps\nok,live,,s,,\n{line}{optional}\nok,live,,s,,\n"
    dataset = read_dataset(written(tmp_path, text))
    assert [row.line for row in dataset.rows] == [2, 4]
    (complaint,) = dataset.complaints
    assert complaint.line == 3
    assert words in complaint.words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column path, label, attack, source"),
        ("path,label\n", "no column attack, source"),
        ("path,path,label,attack,source\n", "named twice"),
        (HEADER + 'a,"live\n', "line 2"),
        (HEADER + 'a,"live"x,,s\n', "line 2"),
        (b"path,label,attack,source\n\xff,live,,s\n", "not UTF-8"),
    ],
)
def test_what_is_no_list_is_refused(text: str | bytes, words: str, tmp_path: Path):
    with pytest.raises(DatasetInvalid, match=words):
        read_dataset(written(tmp_path, text))


def test_a_list_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(DatasetInvalid, match="cannot be read"):
        read_dataset(tmp_path / "no.csv")


ANY_BYTES = st.binary(max_size=200)
ANY_LINES = st.text(max_size=200).map(lambda text: (HEADER + text).encode("utf-8", "replace"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=ANY_BYTES | ANY_LINES)
def test_whatever_a_file_holds_it_is_read_or_refused(content: bytes, tmp_path: Path):
    try:
        dataset = read_dataset(written(tmp_path, content))
    except DatasetInvalid:
        return
    for row in dataset.rows:
        assert row.name
        assert row.source
        assert row.is_live or row.attack
