"""One sign-in at level 3, request by request, as a browser and a portal make it."""

import json
import secrets
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

import urllib3

from bench.browser import Browser
from idp.crypto.digests import base64url
from idp.people.sandbox.population import SandboxPerson

FRAMES_PER_BATCH = 4
FRAME_MS = 1000 / 12
BATCHES_AT_MOST = 60


@dataclass(frozen=True)
class Portal:
    client_id: str
    client_secret: str
    redirect_uri: str
    scope: str


@dataclass(frozen=True)
class Motions:
    """Encoded frames of the virtual person, drawn beforehand; the key is what the page asks for."""

    frames: Mapping[str | None, Sequence[bytes]]


def sign_in(browser: Browser, portal: Portal, person: SandboxPerson, motions: Motions) -> None:
    """From the portal's redirect to the claims; then a second one, which asks nothing."""
    assert person.account is not None
    verifier = secrets.token_urlsafe(48)
    browser.get("authorize", _authorize(portal, verifier, prompt="consent"))
    page = browser.location
    browser.get("sign-in page", page)
    browser.submit(
        "password", page, "password-form", number=person.number.value, password=person.account.password
    )
    browser.get("resume: to the presence page", browser.location)
    browser.get("presence page", browser.location)
    browser.get("face consent page", browser.answer.page.elements["way-face"]["href"])
    browser.submit("face consent", browser.location, "face-consent-form", agree="yes")
    browser.get("camera page", browser.location)
    browser.get("resume: to the consent page", show_face(browser, motions))
    page = browser.location
    browser.get("consent page", page)
    browser.submit("consent", page, "consent-form", decision="agree")
    browser.get("resume: back with a code", browser.location)
    redeem(browser, portal, verifier)
    again = secrets.token_urlsafe(48)
    browser.get("authorize, signed in", _authorize(portal, again))
    redeem(browser, portal, again)
    browser.get("jwks", "/oauth2/jwks")
    browser.get("discovery", "/.well-known/openid-configuration")


def show_face(browser: Browser, motions: Motions) -> str:
    """Do what is asked, at a camera's pace; the address that the accepted face leads to."""
    capture = browser.answer.page.elements["capture"]
    begun, sent, asked = time.monotonic(), 0, None
    waiting: list[bytes] = []
    for batch in range(BATCHES_AT_MOST):
        waiting = waiting or list(motions.frames[asked])
        frames, waiting = waiting[:FRAMES_PER_BATCH], waiting[FRAMES_PER_BATCH:]
        times = [round((sent + number) * FRAME_MS) for number in range(len(frames))]
        sent += len(frames)
        time.sleep(max(0.0, begun + times[-1] / 1000 - time.monotonic()))
        fields: list[tuple[str, str | tuple[str, bytes, str]]] = [
            ("mode", "live"),
            ("batch", str(batch)),
            ("times", json.dumps(times)),
            *(("frame", ("frame.jpg", frame, "image/jpeg")) for frame in frames),
        ]
        body, content_type = urllib3.encode_multipart_formdata(fields)
        headers = {"Content-Type": content_type, "X-CSRF-Token": capture["data-csrf"]}
        browser.send_body("face: a batch of frames", capture["data-frames-url"], body, headers)
        answer = browser.answer.json
        if "next" in answer:
            if answer.get("refused"):
                raise SystemExit(f"the face was refused: {answer}")
            # It matches the face, too, and so is a step of its own.
            browser.rename_last("face: last batch and verdict")
            return str(answer["next"])
        if answer["action"] != asked:
            asked, waiting = answer["action"], []
    raise SystemExit("the face step did not come to an end")


def redeem(browser: Browser, portal: Portal, verifier: str) -> None:
    code = browser.query["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": portal.redirect_uri,
        "code_verifier": verifier,
    }
    basic = b64encode(f"{portal.client_id}:{portal.client_secret}".encode()).decode()
    browser.post("token", "/oauth2/token", form, Authorization=f"Basic {basic}")
    token = browser.answer.json["access_token"]
    browser.get("userinfo", "/oauth2/userinfo", Authorization=f"Bearer {token}")


def _authorize(portal: Portal, verifier: str, **more: str) -> str:
    query = {
        "response_type": "code",
        "client_id": portal.client_id,
        "redirect_uri": portal.redirect_uri,
        "scope": portal.scope,
        "state": "of-the-measurement",
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": base64url(sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        "acr_values": "urn:yitong:acr:3",
        **more,
    }
    return f"/oauth2/authorize?{urlencode(query)}"
