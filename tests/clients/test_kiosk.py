"""The sample device does what RFC 8628 section 3.5 asks of a client."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from clients.kiosk.__main__ import show
from clients.kiosk.device import Codes, Device, NotSignedIn

ISSUER, CLIENT = "https://id.example", "kiosk"
CODES = {
    "device_code": "secret",
    "user_code": "BCDF-GHJK",
    "verification_uri": f"{ISSUER}/device",
    "expires_in": 600,
    "interval": 5,
}
METADATA = {
    "issuer": ISSUER,
    "device_authorization_endpoint": f"{ISSUER}/ask",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}
KEY = ECKey.generate_key("P-256", {"kid": "1"})
CLAIMS = {"iss": ISSUER, "aud": CLIENT, "sub": "somebody", "exp": 2_000_000_000}


def token(**changes: Any) -> dict[str, str]:
    return {"id_token": jwt.encode({"alg": "ES256", "kid": "1"}, {**CLAIMS, **changes}, KEY)}


@dataclass
class Answer:
    document: Mapping[str, Any]

    def json(self) -> Mapping[str, Any]:
        return json.loads(json.dumps(self.document))  # type: ignore[no-any-return]

    def raise_for_status(self) -> None:
        """All of them are good."""


@dataclass
class FakeProvider:
    """Stands in for `requests.Session`; `answers`: what polls get, in order."""

    answers: list[Mapping[str, Any] | Exception] = field(default_factory=list)
    codes: Mapping[str, Any] = field(default_factory=lambda: CODES)
    metadata: Mapping[str, Any] = field(default_factory=lambda: METADATA)
    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def get(self, address: str, **_: Any) -> Answer:
        if address.endswith("/jwks"):
            return Answer(KeySet([KEY]).as_dict(private=False))
        return Answer(self.metadata)

    def post(self, address: str, data: Mapping[str, str], **_: Any) -> Answer:
        assert data["client_id"] == CLIENT
        if address == METADATA["device_authorization_endpoint"]:
            return Answer(self.codes)
        assert data["device_code"] == "secret"
        said = self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return Answer(said)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def device(self) -> Device:
        return Device(
            ISSUER,
            CLIENT,
            sleep=self.sleep,
            monotonic=lambda: self.now,
            clock=lambda: 1_900_000_000.0,
            http=self,  # type: ignore[arg-type]
        )

    def claims(self) -> Mapping[str, Any]:
        device = self.device()
        return device.wait(device.begin("openid"))


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


def test_it_waits_the_interval_and_longer_when_it_is_told(provider: FakeProvider) -> None:
    pending, slower = {"error": "authorization_pending"}, {"error": "slow_down"}
    provider.answers = [pending, slower, requests.ConnectionError(), pending, token()]
    assert provider.claims()["sub"] == "somebody"
    assert provider.slept == [5, 5, 10, 20, 20]


@pytest.mark.parametrize("error", ["access_denied", "expired_token", "invalid_grant"])
def test_it_stops_when_nobody_will_agree(provider: FakeProvider, error: str) -> None:
    provider.answers = [{"error": error}]
    with pytest.raises(NotSignedIn, match=error):
        provider.claims()


def test_it_stops_when_the_time_is_over(provider: FakeProvider) -> None:
    provider.answers = [{"error": "authorization_pending"}] * 1000
    with pytest.raises(NotSignedIn, match="expired_token"):
        provider.claims()
    assert provider.now == 600


@pytest.mark.parametrize(
    "changes", [{"iss": "https://other.example"}, {"aud": "another"}, {"exp": 1_800_000_000}, {"exp": None}]
)
def test_an_id_token_that_is_not_for_it_signs_nobody_in(
    provider: FakeProvider, changes: dict[str, Any]
) -> None:
    provider.answers = [token(**changes)]
    with pytest.raises(NotSignedIn, match="invalid_id_token"):
        provider.claims()


def test_a_signature_of_another_key_signs_nobody_in(provider: FakeProvider) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "1"})
    provider.answers = [{"id_token": jwt.encode({"alg": "ES256", "kid": "1"}, CLAIMS, stranger)}]
    with pytest.raises(NotSignedIn, match="invalid_id_token"):
        provider.claims()


def test_what_is_not_begun_is_told(provider: FakeProvider) -> None:
    provider.codes = {"error": "unauthorized_client"}
    with pytest.raises(NotSignedIn, match="unauthorized_client"):
        provider.device().begin("openid")


def test_metadata_of_another_issuer_are_not_believed(provider: FakeProvider) -> None:
    provider.metadata = {**METADATA, "issuer": "https://other.example"}
    with pytest.raises(NotSignedIn, match="invalid_issuer"):
        provider.device()


def test_the_screen_shows_where_and_what() -> None:
    codes = Codes("secret", "BCDF-GHJK", "https://id.example/device", "", 600, 5)
    shown = show(codes)
    assert "https://id.example/device" in shown
    assert "B  C  D  F  -  G  H  J  K" in shown
    assert "secret" not in shown
