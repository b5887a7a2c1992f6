import json
from contextlib import suppress
from io import BytesIO

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.test import EnvironBuilder, encode_multipart

from idp.login.face.upload import BatchRefused, read_batch
from idp.settings import load

LIMITS = load({}).liveness


def request(data: dict[str, object]) -> Request:
    boundary, encoded = encode_multipart(data)
    builder = EnvironBuilder(
        method="POST",
        input_stream=BytesIO(encoded),
        content_type=f"multipart/form-data; boundary={boundary}",
    )
    return Request({**builder.get_environ(), "CONTENT_LENGTH": str(len(encoded))})


def body(frames: list[bytes], times: object, batch: object = 0, mode: str = "live") -> dict[str, object]:
    return {
        "mode": mode,
        "batch": str(batch),
        "times": times if isinstance(times, str) else json.dumps(times),
        "frame": [FileStorage(BytesIO(one), "frame.jpg") for one in frames],
    }


@given(
    st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=4),
    st.integers(0, LIMITS.frames_at_most - 1),
)
def test_what_the_page_sends_comes_in_as_it_was(frames: list[bytes], number: int) -> None:
    times = [100 * i for i in range(len(frames))]
    batch = read_batch(request(body(frames, times, number)), LIMITS)
    assert batch.frames == tuple(zip(frames, times, strict=True))
    assert (batch.number, batch.mode) == (number, "live")


@given(st.text(max_size=40), st.text(max_size=12))
def test_nonsense_is_refused_and_nothing_else_happens(times: str, number: str) -> None:
    with suppress(BatchRefused):
        batch = read_batch(request(body([b"x"], times, number)), LIMITS)
        assert 0 <= batch.number < LIMITS.frames_at_most
        assert batch.frames[0][1] >= 0


@given(st.binary(max_size=500))
def test_a_broken_body_is_refused(data: bytes) -> None:
    builder = EnvironBuilder(
        method="POST", input_stream=BytesIO(data), content_type="multipart/form-data; boundary=b"
    )
    environment = {**builder.get_environ(), "CONTENT_LENGTH": str(len(data))}
    with pytest.raises(BatchRefused):
        read_batch(Request(environment), LIMITS)


def test_a_large_frame_stays_in_memory() -> None:
    large = b"x" * LIMITS.frame_bytes_at_most
    batch = read_batch(request(body([large] * 4, [0, 1, 2, 3])), LIMITS)
    assert [len(image) for image, _ in batch.frames] == [len(large)] * 4


def test_a_body_without_a_length_or_of_another_type_is_refused() -> None:
    plain = Request(EnvironBuilder(method="POST", data={"batch": "0"}).get_environ())
    with pytest.raises(BatchRefused):
        read_batch(plain, LIMITS)


def test_a_film_says_that_it_is_one() -> None:
    assert read_batch(request(body([b"x"], [0], mode="recorded")), LIMITS).mode == "film"
