"""Requests as they come: parameters, cookies, sizes."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.http import BODY_BYTES_AT_MOST, FORM, Parameters, Request, RequestRefused, read_request


def environment(body: bytes = b"", **changes: Any) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/oauth2/token",
        "QUERY_STRING": "a=1",
        "CONTENT_TYPE": FORM + "; charset=UTF-8",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_AUTHORIZATION": "Basic x",
        "wsgi.input": BytesIO(body),
        **changes,
    }


def test_a_request_is_read_once_and_frozen() -> None:
    request = read_request(environment(b"code=x%20y&empty=&scope=a&scope=b"), "id")
    assert (request.method, request.path, request.address) == ("POST", "/oauth2/token", "192.0.2.1")
    assert request.headers == {"authorization": "Basic x"}
    assert request.content_type == FORM
    assert request.query.get("a") == "1"
    assert request.form.get("code") == "x y"
    assert "empty" not in request.form  # RFC 6749 section 3.1
    assert request.form.repeated == ("scope",)


def test_other_bodies_hold_no_parameters() -> None:
    request = read_request(environment(b'{"code": "x"}', CONTENT_TYPE="application/json"), "id")
    assert list(request.form) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"CONTENT_LENGTH": "x"},
        {"CONTENT_LENGTH": str(BODY_BYTES_AT_MOST + 1)},
        {"QUERY_STRING": "a=%ff"},
        {"QUERY_STRING": "a=é"},
        {"QUERY_STRING": "&".join(f"p{n}=1" for n in range(200))},
    ],
)
def test_what_is_no_request_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(RequestRefused):
        read_request(environment(**changes), "id")


@given(st.text("ab=&%+0aAfFé \0", max_size=60) | st.text(max_size=20).map(lambda text: f"a={text}"))
def test_parameters_are_what_the_standard_library_reads(text: str) -> None:
    """Its own way takes three times as long, most of it for what forms do not hold."""
    data = text.encode()
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError:
        pairs = [("\0", "\0")]
    if any("\0" in name + value for name, value in pairs):
        with pytest.raises(RequestRefused):
            Parameters.parse(data)
        return
    expected: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if value:
            expected[name] = (*expected.get(name, ()), value)
    assert Parameters.parse(data).values == expected


def test_headers_are_found_by_their_names() -> None:
    headers = read_request(environment(HTTP_DPOP="p", HTTP_SEC_FETCH_DEST="document"), "id").headers
    assert dict(headers) == {"authorization": "Basic x", "dpop": "p", "sec-fetch-dest": "document"}
    assert headers["sec-fetch-dest"] == headers.get("sec-fetch-dest") == "document"
    assert ("dpop" in headers, "cookie" in headers, headers.get("cookie", "")) == (True, False, "")
    assert len(headers) == 3
    with pytest.raises(KeyError):
        headers["cookie"]
    # Not a header, though it stands in the same environment.
    assert "content-type" not in headers


@given(st.binary(max_size=200))
def test_any_bytes_are_parameters_or_refused(data: bytes) -> None:
    try:
        found = Parameters.parse(data)
    except RequestRefused:
        return
    for name in found:
        assert found.get(name)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("__Host-session=abc", "abc"),
        ("a=b; __Host-session=abc; c=d", "abc"),
        ("", ""),
        ("other=abc", ""),
        ("__Host-session=abc; __Host-session=evil", ""),
        ("x__Host-session=abc", ""),
    ],
)
def test_a_cookie_that_comes_twice_is_not_believed(header: str, expected: str) -> None:
    assert Request("GET", "/", {"cookie": header}).cookie("__Host-session") == expected
