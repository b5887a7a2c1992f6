"""Where a check may look, and where not: the addresses are of whoever runs the app."""

from collections.abc import Callable, Sequence

import pytest

from clients.checker import Fetch, NotReached, Sent
from idp.checker.fetching import guarded
from tests.idp.outbound.conftest import serve
from tests.idp.outbound.peers import OK, Server

__all__ = ["serve"]

ISSUER = "https://id.example"
APP = "https://app.example:443"


def resolved(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda _host, _port: addresses


def refused(fetch: Fetch, url: str) -> str:
    with pytest.raises(NotReached) as found:
        fetch(Sent("GET", url))
    return str(found.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/",
        "https://app.example:8443/",
        "http://app.example/",
        "http://169.254.169.254/latest/meta-data",
        "https://app.example@elsewhere.example/",
        "file:///etc/passwd",
    ],
)
def test_attack_somewhere_else_is_asked(url: str) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ("203.0.113.1",)

    assert refused(guarded([APP], ISSUER, (), resolve), url)
    assert asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:10.0.0.7"])
def test_attack_the_app_has_a_name_for_an_address_of_ours(address: str) -> None:
    fetch = guarded([APP], ISSUER, (), resolved(address))
    assert "not a public address" in refused(fetch, f"{APP}/sign-in")


def test_attack_the_app_calls_itself_localhost() -> None:
    fetch = guarded(["http://localhost:9000", "https://x.localhost:443"], ISSUER, (), resolved("203.0.113.1"))
    assert "not https" in refused(fetch, "http://localhost:9000/")
    assert "not a public address" in refused(fetch, "https://x.localhost/")


def test_attack_what_the_operator_allows_for_other_purposes(serve: Callable[..., Server]) -> None:
    """A developer may register a loopback address; that `outbound.allow` has it, for a register perhaps, is
    none of the checker's business."""
    register = serve(OK)
    fetch = guarded([f"http://127.0.0.1:{register.port}"], ISSUER, ())
    assert "not https" in refused(fetch, f"http://127.0.0.1:{register.port}/")
    assert register.requests == []


def test_a_redirect_is_an_answer_and_goes_nowhere(serve: Callable[..., Server]) -> None:
    inner = serve(OK)
    location = f"http://127.0.0.1:{inner.port}/secret"
    dated = "a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT"
    head = f"HTTP/1.1 302 X\r\nLocation: {location}\r\nSet-Cookie: {dated}\r\nSet-Cookie: b=2\r\n"
    outer = serve(f"{head}Content-Length: 0\r\n\r\n".encode())
    origin = f"http://127.0.0.1:{outer.port}"
    answer = guarded([origin], ISSUER, (origin,))(Sent("GET", f"{origin}/"))
    assert (answer.status, answer.header("location")) == (302, location)
    assert answer.all("set-cookie") == [dated, "b=2"]
    assert inner.requests == []


def test_an_exception_of_its_own_reaches_a_name_of_this_machine(serve: Callable[..., Server]) -> None:
    server = serve(OK)
    origin = f"http://app.localhost:{server.port}"
    assert guarded([origin], ISSUER, (origin,))(Sent("GET", f"{origin}/")).status == 200


def test_we_ourselves_may_lie_on_a_private_address(serve: Callable[..., Server]) -> None:
    server = serve(OK)
    issuer = f"http://localhost:{server.port}"
    assert guarded([APP], issuer, ())(Sent("GET", f"{issuer}/.well-known/openid-configuration")).status == 200


def test_an_answer_without_end_is_cut_off(serve: Callable[..., Server]) -> None:
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"a" * 1_200_000)
    origin = f"http://127.0.0.1:{server.port}"
    assert "more than" in refused(guarded([origin], ISSUER, (origin,)), f"{origin}/")
