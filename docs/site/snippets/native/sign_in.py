"""Signs the person at this computer in, in the browser that they know (RFC 8252)."""

import base64
import hashlib
import os
import queue
import secrets
import sys
import threading
import webbrowser
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ISSUER, CLIENT_ID = os.environ["ISSUER"], os.environ["CLIENT_ID"]
ACR, LEVEL = "urn:yitong:acr:", 2
WAITS, PATIENCE = 300, 20  # seconds: for the person, and for the provider


class Refused(Exception):
    pass


@contextmanager
def listening(state, answers):
    """At an address that this computer alone reaches; gives the port, which the system picks."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            place = urlsplit(self.path)
            answer = dict(parse_qsl(place.query))
            # Any page in the browser can call this port: what does not have our state is not heard.
            is_ours = place.path == "/callback" and answer.get("state") == state
            self.send_response(200 if is_ours else 400)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"Go back to the program." if is_ours else b"Nobody asked for this.")
            if is_ours:
                answers.put(answer)

        def log_message(self, *_words):
            """Addresses hold codes: they are not written down."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def sign_in():
    where = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=PATIENCE).json()
    if where["issuer"] != ISSUER:
        raise Refused("This is the metadata of somebody else.")
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    answers = queue.Queue()
    with listening(state, answers) as port:
        client = OAuth2Session(
            CLIENT_ID,  # and no secret: whoever has the program would have it
            redirect_uri=f"http://127.0.0.1:{port}/callback",
            scope="openid profile",
            code_challenge_method="S256",
        )
        address, _state = client.create_authorization_url(
            where["authorization_endpoint"],
            state=state,
            nonce=nonce,
            code_verifier=verifier,
            acr_values=f"{ACR}{LEVEL}",
        )
        print(f"Your browser opens. If it does not, go to {address}", flush=True)
        webbrowser.open(address)
        try:
            answer = answers.get(timeout=WAITS)
        except queue.Empty:
            raise Refused("Nobody came back.") from None
    if answer.get("iss") != ISSUER:
        raise Refused("This answer is not the provider's.")  # RFC 9207
    if "code" not in answer:
        raise Refused(f"The provider says {answer.get('error')!r}.")
    token = client.fetch_token(
        where["token_endpoint"], code=answer["code"], code_verifier=verifier, timeout=PATIENCE
    )
    claims, level = checked(token, nonce, where["jwks_uri"])
    person = client.get(where["userinfo_endpoint"], timeout=PATIENCE).json()
    if person["sub"] != claims["sub"]:
        raise Refused("This is somebody else.")
    return person, level


def checked(token, nonce, jwks_uri):
    """The id_token, by OpenID Connect Core section 3.1.3.7."""
    keys = KeySet.import_key_set(requests.get(jwks_uri, timeout=PATIENCE).json())
    claims = jwt.decode(token["id_token"], keys, algorithms=["ES256"]).claims
    needed = {name: {"essential": True} for name in ("sub", "exp", "iat")}
    told = {name: {"essential": True, "value": value} for name, value in (("iss", ISSUER), ("nonce", nonce))}
    jwt.JWTClaimsRegistry(**needed, **told).validate(claims)
    if claims["aud"] not in (CLIENT_ID, [CLIENT_ID]):
        raise Refused("This id_token is for another program, too.")
    half = hashlib.sha256(token["access_token"].encode()).digest()[:16]
    if claims["at_hash"] != base64.urlsafe_b64encode(half).rstrip(b"=").decode():
        raise Refused("This access token belongs to another sign-in.")
    level = int(claims["acr"].removeprefix(ACR))
    if level < LEVEL:
        raise Refused(f"Level {level} is not enough.")
    return claims, level


if __name__ == "__main__":
    try:
        person, level = sign_in()
    except (Refused, OAuthError, JoseError, requests.RequestException, KeyError, ValueError) as problem:
        sys.exit(f"Nobody is signed in: {problem!r}")
    print(f"{person['name']}, level {level}")
