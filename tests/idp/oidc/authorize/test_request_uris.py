"""Requests that we fetch: from the client's own addresses, and nothing leads us anywhere else."""

import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from hashlib import sha256
from threading import Event, Lock
from typing import Any

import pytest

from idp.crypto.digests import base64url
from idp.oidc.authorize.addressing import Shown
from idp.oidc.authorize.slots import AT_ONCE, OF_ONE_CLIENT, WAITING_AT_MOST
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.errors import InvalidRequestUri
from idp.oidc.keys.decryption import CHARACTERS_AT_MOST
from idp.outbound import Answer, Outbound, Unreachable
from tests.idp.oidc.authorize.asking import ASKED, NOTHING_BESIDE, change, fetching, request_object, signs
from tests.idp.oidc.keys.encrypting import encrypted, our_key
from tests.idp.oidc.world import HALL, SECRETS, TAX, World, basic, fields_of, path_of
from tests.idp.outbound.peers import Few, Names, Server

URI = "https://hall.example/requests/1.jwt"
JWT = {"content-type": "application/oauth-authz-req+jwt"}


class Site:
    """Another server, as the guarded client meets it."""

    def __init__(self, body: str = "", headers: Mapping[str, str] = JWT, status: int = 200) -> None:
        self.answer = Answer(status, headers, body.encode())
        self.asked: list[str] = []

    def __call__(
        self, url: str, *, headers: Mapping[str, str] | None = None, timeout_seconds: float | None = None
    ) -> Answer:
        assert timeout_seconds is not None
        assert timeout_seconds <= 5
        assert "oauth-authz-req+jwt" in (headers or {})["accept"]
        self.asked.append(url)
        return self.answer


class Drips:
    """Servers that hold on to whoever asks, until they are let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.third = Event()
        self.ends = Event()
        self._lock = Lock()

    def __call__(self, url: str, **_how: Any) -> Answer:
        with self._lock:
            self.asked += 1
            if self.asked == OF_ONE_CLIENT + 1:
                self.third.set()
        self.ends.wait(10)
        return Answer(404, {}, b"")


def fetch(world: World, client_id: str) -> str | None:
    """Why there was nothing."""
    client = world.provider.clients.find(client_id)
    assert client is not None
    try:
        world.provider.request_uris.fetched(client, URI, "192.0.2.9")
    except InvalidRequestUri as error:
        return error.detail
    return None


def hashed(text: str) -> str:
    return base64url(sha256(text.encode()).digest())


def refused(world: World, uri: str = URI, client_id: str = HALL, **beside: str) -> str:
    with pytest.raises(Shown) as shown:
        world.authorize(client_id, **{**NOTHING_BESIDE, **beside}, request_uri=uri)
    return shown.value.error.error


@pytest.fixture
def signer(world: World) -> World:
    signs(world, request_uris=[URI])
    world.sign_in()
    return world


def site(world: World, **how: Any) -> Site:
    found = Site(how.pop("body", None) or request_object(world), **how)
    fetching(world, found)
    return found


def test_a_registered_address_is_asked_for_the_request(signer: World) -> None:
    asked = site(signer)
    answer = signer.authorize(request_uri=URI, state="slipped in", scope="openid resident_number")
    assert fields_of(signer.agree(answer))["state"] == ASKED["state"]
    assert asked.asked == [URI]


def test_it_may_be_encrypted_too(signer: World) -> None:
    site(signer, body=encrypted(our_key(signer, "ECDH-ES"), request_object(signer), "ECDH-ES") + "\n")
    assert path_of(signer.authorize(**NOTHING_BESIDE, request_uri=URI)) == "/consent"


@pytest.mark.parametrize(
    "uri",
    [
        "https://hall.example/requests/2.jwt",
        "https://hall.example/requests/1.jwt?a=b",
        "https://hall.example/requests/1.jwt/../../admin",
        "https://hall.example/requests/%31.jwt",
        "https://HALL.example/requests/1.jwt",
        "https://hall.example:443/requests/1.jwt",
        "https://hall.example@evil.example/requests/1.jwt",
        "https://evil.example/?https://hall.example/requests/1.jwt",
        "http://hall.example/requests/1.jwt",
        "http://127.0.0.1/requests/1.jwt",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "data:application/jwt,eyJ",
        "urn:ietf:params:oauth:request-uri:x",
        f"{URI} ",
        f"{URI}\n",
    ],
)
def test_attack_ssrf_by_an_address_that_is_not_registered(signer: World, uri: str) -> None:
    asked = site(signer)
    assert refused(signer, uri) == "invalid_request_uri"
    assert asked.asked == []


def test_attack_another_clients_address(signer: World) -> None:
    asked = site(signer)
    assert refused(signer, client_id=TAX) == "invalid_request_uri"
    assert asked.asked == []


PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
    ],
)
def test_attack_ssrf_by_a_name_of_a_private_network(signer: World, address: str) -> None:
    fetching(signer, Outbound(Few(), resolve=Names([address])).get)
    assert refused(signer) == "invalid_request_uri"


def test_attack_dns_rebinding(signer: World, redirecting: Server) -> None:
    """Among other addresses, and at a second look, the name is this machine's: there is one look, and none of
    what it finds is asked that is not public."""
    uri = f"https://hall.example:{redirecting.port}/r.jwt"
    change(signer, request_uris=[uri])
    names = Names(["192.0.2.1", "127.0.0.1", "::1"], ["127.0.0.1"])
    fetching(signer, Outbound(Few(), resolve=names).get)
    assert refused(signer, uri) == "invalid_request_uri"
    assert names.asked == [("hall.example", redirecting.port)]
    assert redirecting.requests == []


@pytest.fixture
def redirecting() -> Iterator[Server]:
    def answer(peer: socket.socket, _server: Server) -> None:
        peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")

    server = Server(answer)
    yield server
    server.close()


def test_attack_a_redirect_into_a_private_network(signer: World, redirecting: Server) -> None:
    origin = f"http://127.0.0.1:{redirecting.port}"
    change(signer, request_uris=[f"{origin}/r.jwt"])
    fetching(signer, Outbound(Few((origin,))).get)
    assert refused(signer, f"{origin}/r.jwt") == "invalid_request_uri"
    assert len(redirecting.requests) == 1


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"status": 404}, "invalid_request_uri"),
        ({"headers": {"content-type": "text/html"}}, "invalid_request_uri"),
        ({"headers": {"content-type": "application/json"}}, "invalid_request_uri"),
        ({"headers": {}}, "invalid_request_uri"),
        ({"body": "x" * (CHARACTERS_AT_MOST + 1)}, "invalid_request_object"),
        ({"body": "证"}, "invalid_request_object"),
        ({"body": "no token"}, "invalid_request_object"),
        ({"body": "eyJhbGciOiJub25lIn0.e30."}, "invalid_request_object"),
    ],
)
def test_what_is_no_request_object_is_not_read(signer: World, how: dict[str, Any], error: str) -> None:
    site(signer, **how)
    assert refused(signer) == error


@pytest.mark.parametrize("media_type", ["application/jwt", "Application/OAuth-Authz-Req+JWT; charset=utf-8"])
def test_the_types_of_a_request_object(signer: World, media_type: str) -> None:
    site(signer, headers={"content-type": media_type})
    assert path_of(signer.authorize(**NOTHING_BESIDE, request_uri=URI)) == "/consent"


def test_a_server_that_is_away_is_an_error_and_no_page_hangs(signer: World) -> None:
    def away(_url: str, **_how: Any) -> Answer:
        raise Unreachable("https://hall.example:443 is not a known name")

    fetching(signer, away)
    assert refused(signer) == "invalid_request_uri"


def test_the_fragment_says_what_lies_there(signer: World) -> None:
    """OpenID Connect Core 1.0 section 6.2; an address with a digest is asked once."""
    text = request_object(signer)
    asked = site(signer, body=text)
    for _ in range(3):
        assert path_of(signer.authorize(**NOTHING_BESIDE, request_uri=f"{URI}#{hashed(text)}")) == "/consent"
    assert asked.asked == [URI]
    assert refused(signer, f"{URI}#{hashed('another')}") == "invalid_request_uri"
    assert refused(signer, f"{URI}#latest") == "invalid_request_uri"
    assert refused(signer, f"{URI}#") == "invalid_request_uri"
    assert len(asked.asked) == 2
    # Without one, whatever lies there now.
    signer.authorize(**NOTHING_BESIDE, request_uri=URI)
    assert len(asked.asked) == 3


def test_what_is_kept_expires_as_it_says(signer: World) -> None:
    text = request_object(signer)
    site(signer, body=text)
    assert path_of(signer.authorize(**NOTHING_BESIDE, request_uri=f"{URI}#{hashed(text)}")) == "/consent"
    signer.clock.advance(61)
    assert refused(signer, f"{URI}#{hashed(text)}") == "invalid_request_object"


def test_attack_what_one_client_had_fetched_is_used_by_another(signer: World) -> None:
    text = request_object(signer)
    site(signer, body=text)
    uri = f"{URI}#{hashed(text)}"
    signer.authorize(**NOTHING_BESIDE, request_uri=uri)
    assert refused(signer, uri, TAX) == "invalid_request_uri"
    change(signer, TAX, request_uris=[URI])
    assert refused(signer, uri, TAX) == "invalid_request_object"


def test_attack_knocking_at_a_door_without_end(signer: World) -> None:
    asked = Site(request_object(signer))
    fetching(signer, asked, per_minute=12)
    for _ in range(3):
        signer.authorize(**NOTHING_BESIDE, request_uri=URI)
    assert refused(signer) == "invalid_request_uri"
    assert len(asked.asked) == 3
    # Others still come in, up to what the client's server is asked in all.
    client = signer.provider.clients.find(HALL)
    assert client is not None
    for number in range(9):
        signer.provider.request_uris.fetched(client, URI, f"198.51.100.{number}")
    with pytest.raises(InvalidRequestUri):
        signer.provider.request_uris.fetched(client, URI, "198.51.100.99")
    assert len(asked.asked) == 12
    signer.clock.advance(60)
    asked.answer = Answer(200, JWT, request_object(signer).encode())
    assert path_of(signer.authorize(**NOTHING_BESIDE, request_uri=URI)) == "/consent"


def test_attack_a_server_that_drips_holds_every_thread(signer: World) -> None:
    """Several clients of one attacker: behind those that are fetched for and few that wait, nobody does."""
    change(signer, TAX, request_uris=[URI])
    drips = Drips()
    fetching(signer, drips)
    asking, held = 12, AT_ONCE + WAITING_AT_MOST
    with ThreadPoolExecutor(asking) as pool:
        answers = as_completed([pool.submit(fetch, signer, (HALL, TAX)[n % 2]) for n in range(asking)], 10)
        at_once = [next(answers).result() for _ in range(asking - held)]
        drips.ends.set()
        later = [answer.result() for answer in answers]
    assert set(at_once) == {"too many at once"}
    assert later == ["status 404"] * held
    assert drips.asked == held


def test_attack_a_client_whose_server_drips_keeps_others_out(signer: World) -> None:
    change(signer, TAX, request_uris=[URI])
    drips = Drips()
    fetching(signer, drips)
    with ThreadPoolExecutor(OF_ONE_CLIENT + 1) as pool:
        answers = [pool.submit(fetch, signer, HALL) for _ in range(OF_ONE_CLIENT + 1)]
        assert next(as_completed(answers, 10)).result() == "too many at once"
        other = pool.submit(fetch, signer, TAX)
        assert drips.third.wait(10)
        drips.ends.set()
        assert other.result() == "status 404"
    assert drips.asked == OF_ONE_CLIENT + 1


def test_who_must_push_is_not_fetched_from(signer: World) -> None:
    asked = site(signer)
    change(signer, require_pushed_authorization_requests=True)
    assert refused(signer) == "invalid_request"
    form = {"request_uri": URI}
    assert signer.post("/oauth2/par", form, authorization=basic(HALL, SECRETS[HALL])).status == 400
    assert asked.asked == []


def test_request_and_request_uri_do_not_go_together(signer: World) -> None:
    asked = site(signer)
    assert refused(signer, request=request_object(signer)) == "invalid_request"
    assert asked.asked == []


def test_a_fetched_request_counts_as_signed(signer: World) -> None:
    change(signer, require_signed_request_object=True)
    site(signer)
    assert path_of(signer.authorize(**NOTHING_BESIDE, request_uri=URI)) == "/consent"


@pytest.mark.parametrize(
    "uri",
    [
        "http://hall.example/r.jwt",
        "ftp://hall.example/r",
        "urn:x",
        f"{URI}#latest",
        f"{URI}#",
        "https:///r",
        "",
    ],
)
def test_only_addresses_that_can_be_asked_are_registered(uri: str) -> None:
    named = {"client_id": HALL, "sector": "hall.example", "client_name": "Hall"}
    with pytest.raises(MetadataRefused):
        read({**named, "redirect_uris": ["https://hall.example/callback"], "request_uris": [uri]})
