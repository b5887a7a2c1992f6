"""Public keys of an app at the console: pasted with explanations, fetched, removed, never a private one."""

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from joserfc.jwk import ECKey

from idp.oidc.clients.changes import changing
from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.login.visitor import Site, Visitor
from tests.idp.oidc.clients.signing import jwks_of, new_key

ONE, TWO = new_key(), new_key()


@pytest.fixture
def keys(site: Site) -> str:
    """Where the page of a public app is."""
    return f"/developer/apps/{console.an_app(site, console.own_team(site))}/keys"


def registered(site: Site) -> dict[str, Any]:
    with site.services.sessions() as session:
        return changing.standing(session, "app-1").fields


def paste(visitor: Visitor, text: str, how: str = "add") -> Visitor:
    return visitor.submit("jwks-form", jwks=text, how=how)


def kids(site: Site) -> list[str]:
    return [one["kid"] for one in registered(site).get("jwks", {}).get("keys", [])]


def test_keys_are_added_beside_the_old_ones_and_the_old_ones_removed(site: Site, keys: str) -> None:
    visitor = paste(at(site, path=keys), json.dumps(jwks_of(ONE)))
    assert visitor.shows("The keys are registered")
    paste(visitor, TWO.as_pem(private=False).decode())  # type: ignore[union-attr]
    assert kids(site) == [ONE.kid, TWO.thumbprint()]
    visitor.submit("key-1-form")
    assert visitor.shows("The key is gone")
    assert kids(site) == [TWO.thumbprint()]
    visitor.submit("key-1-form")
    assert kids(site) == []
    paste(visitor, json.dumps(ONE.as_dict(private=False)))
    paste(visitor, json.dumps(TWO.as_dict(private=False)), "replace")
    assert kids(site) == [TWO.kid]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello", "neither JSON nor PEM"),
        ("[" * 5000, "neither JSON nor PEM"),
        ("{}", "no key in it"),
        ('{"keys": []}', "no key in it"),
        ('{"keys": ["x"]}', "no key in it"),
        ('{"kty": "oct", "k": "c2VjcmV0"}', "shared secret"),
        ('{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}', "cannot be used"),
        ('{"kty": "EC", "crv": "secp256k1"}', "cannot be used"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "neither JSON nor PEM"),
        (json.dumps({"keys": [jwks_of(ONE)["keys"][0]] * 2}), "same kid"),
        (json.dumps({"keys": [{**jwks_of(ONE)["keys"][0], "kid": 7}]}), "cannot be read"),
        (json.dumps({"keys": [{**jwks_of(ONE)["keys"][0], "kid": ""}]}), "1 to 128 characters"),
        (json.dumps({"keys": jwks_of(ONE)["keys"] * 21}), "too long"),
    ],
)
def test_what_is_no_good_is_explained_and_not_taken(site: Site, keys: str, text: str, said: str) -> None:
    visitor = paste(at(site, path=keys), text)
    assert visitor.status == 422
    assert said in visitor.page.texts["jwks-error"]
    assert kids(site) == []


@pytest.mark.parametrize("as_pem", [True, False])
def test_attack_a_private_key_that_is_pasted_is_neither_kept_nor_shown_again(
    site: Site, keys: str, as_pem: bool
) -> None:
    key = ECKey.generate_key("P-256")
    text = key.as_pem(private=True).decode() if as_pem else json.dumps(key.as_dict(private=True))
    visitor = paste(at(site, path=keys), text)
    assert "spoilt" in visitor.page.texts["jwks-error"]
    assert str(key.as_dict(private=True)["d"]) not in visitor.body
    assert "PRIVATE KEY" not in visitor.body
    assert kids(site) == []


@pytest.fixture(scope="module")
def hanging() -> Iterator[str]:
    """An address that takes the connection, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


class Answering(BaseHTTPRequestHandler):
    """What stands at a path is what the path says."""

    BODIES: ClassVar[dict[str, str]] = {
        "/jwks": json.dumps({"keys": [*jwks_of(ONE)["keys"], {"kty": "oct", "k": "AA"}]}),
        "/private": json.dumps({"keys": [ONE.as_dict(private=True)]}),
        "/odd": json.dumps({"keys": [{**jwks_of(ONE)["keys"][0], "kid": "half \ud800", "alg": "\ud800"}]}),
        "/words": "not JSON",
        "/list": "[]",
    }

    def do_GET(self) -> None:
        body = self.BODIES.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture(scope="module")
def answering() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def changes(hanging: str, answering: str) -> dict[str, str]:
    allowed = f"{hanging},{answering}"
    return {"IDP_OUTBOUND__CLIENTS_ALLOW": allowed, "IDP_OUTBOUND__TIMEOUT_SECONDS": "0.2"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/jwks", f"{ONE.kid} EC P-256"),
        ("/jwks", "1 more are passed over"),
        ("/private", "a private key must never be given away"),
        ("/odd", "half EC P-256"),
        ("/words", "no JSON"),
        ("/list", "no JWKS that can be used"),
        ("/nothing", "the status 404"),
    ],
    # Not by what they say: keys are made anew in each process, and workers have to name tests alike.
    ids=["jwks", "passed over", "private", "half a character", "words", "list", "nothing"],
)
def test_what_stands_at_an_address_is_fetched_and_shown(
    site: Site, keys: str, answering: str, path: str, said: str
) -> None:
    visitor = at(site, path=keys).submit("uri-form", jwks_uri=f"{answering}{path}", do="try")
    assert said in " ".join(visitor.page.texts["fetched"].split())
    assert str(ONE.as_dict(private=True)["d"]) not in visitor.body
    assert "jwks_uri" not in registered(site)


def test_a_server_that_hangs_gets_a_clear_answer_and_holds_nobody_up(
    site: Site, keys: str, hanging: str
) -> None:
    visitor = at(site, path=keys).submit("uri-form", jwks_uri=f"{hanging}/jwks", do="try")
    assert visitor.status == 200
    assert "Nothing came within the 0.2 seconds" in visitor.page.texts["fetched"]


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("https://nobody.invalid/jwks", "Nobody answers there"),
        ("https://127.0.0.1/jwks", "none that we go to"),
    ],
)
def test_an_address_that_gives_nothing_is_explained(site: Site, keys: str, uri: str, said: str) -> None:
    visitor = at(site, path=keys).submit("uri-form", jwks_uri=uri, do="try")
    assert said in visitor.page.texts["fetched"]
    assert "jwks_uri" not in registered(site)


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "https://app.example/#x", "ftp://app.example", "x"])
def test_attack_an_address_that_is_none(site: Site, keys: str, uri: str) -> None:
    for do in ("try", "put"):
        visitor = at(site, path=keys).submit("uri-form", jwks_uri=uri, do=do)
        assert visitor.status == 422
    assert "jwks_uri" not in registered(site)


@pytest.mark.parametrize("do", ["try", "put"])
def test_attack_the_keys_of_the_sign_in_service_are_given_as_the_apps(site: Site, keys: str, do: str) -> None:
    uri = f"{site.services.settings.issuer}/oauth2/jwks"
    visitor = at(site, path=keys).submit("uri-form", jwks_uri=uri, do=do)
    assert visitor.status == 422
    assert "jwks_uri" not in registered(site)


def test_an_address_is_registered_in_place_of_pasted_keys(site: Site, keys: str) -> None:
    visitor = paste(at(site, path=keys), json.dumps(jwks_of(ONE)))
    visitor.submit("uri-form", jwks_uri="https://app.example/jwks", do="put")
    assert visitor.shows("The address is registered")
    fields = registered(site)
    assert (fields["jwks_uri"], "jwks" in fields) == ("https://app.example/jwks", False)


def test_nobody_has_us_knock_as_often_as_they_like(site: Site, keys: str) -> None:
    visitor = at(site, path=keys)
    for _ in range(10):
        assert visitor.submit("uri-form", jwks_uri="https://127.0.0.1/jwks", do="try").status == 200
    assert visitor.submit("uri-form", jwks_uri="https://127.0.0.1/jwks", do="try").status == 429


def test_a_key_that_runs_out_says_so(site: Site, keys: str) -> None:
    ends = int(site.clock().timestamp()) + 10 * 86_400
    visitor = paste(at(site, path=keys), json.dumps({**ONE.as_dict(private=False), "exp": ends}))
    assert "10 days more" in visitor.page.texts["key-1"]
    site.clock.advance(11 * 86_400)
    visitor = at(site, path=keys)
    assert "Expired on" in visitor.page.texts["key-1"]
