from pathlib import Path

import pytest

from liveness.images import FRAME_LIMITS, PHOTO_LIMITS, bounded
from liveness.recordings import Kind, RecordingRefused, kind_of, open_recording
from tests.liveness.hostile import picture
from tests.liveness.playing import jpeg
from tests.liveness.recordings.videos import grey, write_video


def test_files_are_told_apart_by_what_they_are(tmp_path: Path):
    film = write_video(tmp_path / "film.avi", grey(2), fps=10)
    still = tmp_path / "still.mp4"
    still.write_bytes(jpeg(grey(1)[0]))
    assert (kind_of(film), kind_of(still), kind_of(tmp_path)) == (Kind.VIDEO, Kind.STILL, Kind.DIRECTORY)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1/secret.ts\n",
        b"ffconcat version 1.0\nfile secret.mp4\n",
        b"<?xml version='1.0'?><MPD/>",
        b"GIF89a",
    ],
)
def test_playlists_and_other_files_never_reach_the_decoder(content: bytes, tmp_path: Path):
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(RecordingRefused) as refused:
        open_recording(path, fps=12)
    assert refused.value.reason == "unknown_format"


def test_a_single_picture_is_no_session(tmp_path: Path):
    (tmp_path / "one.jpg").write_bytes(jpeg(grey(1)[0]))
    with pytest.raises(RecordingRefused, match="single picture"):
        open_recording(tmp_path / "one.jpg", fps=12)


def test_what_is_not_there_is_missing(tmp_path: Path):
    with pytest.raises(RecordingRefused) as refused:
        open_recording(tmp_path / "nothing", fps=12)
    assert refused.value.reason == "missing"


def test_pictures_come_in_the_order_of_their_numbers_evenly_spaced(tmp_path: Path):
    for name in ("frame_10.jpg", "frame_2.jpg", "frame_1.JPG", "note.txt"):
        (tmp_path / name).write_bytes(name.encode())
    frames = list(open_recording(tmp_path, fps=8).frames())
    assert [frame.name for frame in frames] == ["frame_1.JPG", "frame_2.jpg", "frame_10.jpg"]
    assert [frame.t_ms for frame in frames] == [0, 125, 250]


def test_of_a_huge_file_no_more_is_read_than_shows_that_it_is_too_large(tmp_path: Path):
    with (tmp_path / "1.jpg").open("wb") as file:
        file.truncate(1 << 32)
    (frame,) = open_recording(tmp_path, fps=8).frames()
    assert len(frame.data) == PHOTO_LIMITS.max_bytes + 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_pictures_of_other_kinds_become_frames(kind: str, tmp_path: Path):
    data = picture(kind)
    (tmp_path / f"one.{kind.lower()}").write_bytes(data)
    (frame,) = open_recording(tmp_path, fps=10).frames()
    assert (bounded(frame.data, FRAME_LIMITS).width, frame.data == data) == (320, kind == "JPEG")


def test_an_empty_directory_is_refused(tmp_path: Path):
    with pytest.raises(RecordingRefused) as refused:
        open_recording(tmp_path, fps=12)
    assert refused.value.reason == "no_pictures"
