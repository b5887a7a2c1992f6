from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from liveness.recordings import RecordingRefused, VideoRecording, open_recording
from tests.liveness.recordings.videos import grey, turn_by_metadata, write_video


def picture(data: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


@pytest.mark.parametrize(("fps", "most"), [(60, 15), (30, 15), (25, 15), (16, 15), (12, 12), (5, 5)])
def test_a_video_is_thinned_to_fifteen_a_second_at_its_own_times(fps: int, most: int, tmp_path: Path):
    path = write_video(tmp_path / "film.avi", grey(2 * fps), fps=fps)
    frames = list(VideoRecording(path).frames())
    times = [frame.t_ms for frame in frames]
    assert times[0] == 0
    assert all(a < b for a, b in pairwise(times))
    assert len(frames) == pytest.approx(2 * most, abs=1)
    assert all(abs(t * fps / 1000 - round(t * fps / 1000)) < 0.04 for t in times)  # times of real frames
    for frame in frames:  # and the picture is the one of that time
        shown = picture(frame.data).mean()
        assert shown == pytest.approx(255 * (frame.t_ms * fps / 1000) / (2 * fps - 1), abs=3)


def test_the_expected_number_of_frames_is_the_thinned_one(tmp_path: Path):
    path = write_video(tmp_path / "film.mp4", grey(60), fps=30)
    assert VideoRecording(path).expected == 30


def test_a_video_is_turned_upright(tmp_path: Path):
    path = write_video(tmp_path / "film.mp4", grey(5, width=64, height=48), fps=10)
    turn_by_metadata(path)
    assert picture(next(VideoRecording(path).frames()).data).shape == (64, 48, 3)


def test_large_frames_are_shrunk_by_whole_numbers(tmp_path: Path):
    path = write_video(tmp_path / "film.avi", grey(2, width=2560, height=1440), fps=10)
    assert picture(next(VideoRecording(path).frames()).data).shape == (720, 1280, 3)


def test_a_long_video_is_refused_before_it_is_decoded(tmp_path: Path):
    path = write_video(tmp_path / "film.mp4", grey(65), fps=0.5)
    with pytest.raises(RecordingRefused, match="longer than 120 s") as refused:
        VideoRecording(path)
    assert refused.value.reason == "too_long"


def test_a_video_of_too_many_pixels_is_refused(tmp_path: Path):
    path = write_video(tmp_path / "film.mp4", grey(1, width=4096, height=2400), fps=1)
    with pytest.raises(RecordingRefused) as refused:
        VideoRecording(path)
    assert refused.value.reason == "too_many_pixels"


def test_what_is_no_video_inside_is_refused(tmp_path: Path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(5_000))
    with pytest.raises(RecordingRefused) as refused:
        open_recording(path, fps=12)
    assert refused.value.reason == "undecodable"


def test_a_broken_off_video_gives_the_frames_that_are_there(tmp_path: Path):
    path = write_video(tmp_path / "film.avi", grey(20, width=320, height=240), fps=10)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 1 <= len(list(VideoRecording(path).frames())) < 20


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_video_is_read_or_refused_and_nothing_else(seed: int, tmp_path: Path):
    path = write_video(tmp_path / "film.mp4", grey(10), fps=10)
    data = bytearray(path.read_bytes())
    random = np.random.default_rng(seed)
    for at in random.integers(12, len(data), size=40):
        data[at] = random.integers(256)
    path.write_bytes(data)
    try:
        frames = list(open_recording(path, fps=12).frames())
    except RecordingRefused:
        return
    assert len(frames) <= 120 * 15
