"""Sign-ins that begin in a person's list of services (OpenID Connect Core 1.0 section 4)."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.oidc.clients.metadata import ClientMetadata, MetadataRefused, read

ISSUER = "https://id.example"


def registered(uri: str | None) -> ClientMetadata:
    fields: dict[str, Any] = {
        "client_id": "hall",
        "client_name": "Hall",
        "sector": "hall.example",
        "redirect_uris": ["https://hall.example/callback"],
    }
    return read(fields if uri is None else fields | {"initiate_login_uri": uri})


@pytest.mark.parametrize(
    ("uri", "led_to"),
    [
        ("https://hall.example/in", "https://hall.example/in?iss=https%3A%2F%2Fid.example"),
        ("https://hall.example/in?from=id", "https://hall.example/in?from=id&iss=https%3A%2F%2Fid.example"),
        (None, None),
    ],
)
def test_a_person_is_led_there_with_who_sent_them(uri: str | None, led_to: str | None) -> None:
    assert registered(uri).initiated_by(ISSUER) == led_to


def test_who_the_person_is_goes_into_no_address() -> None:
    led_to = registered("https://hall.example/in").initiated_by(ISSUER)
    assert set(parse_qs(urlsplit(led_to or "").query)) == {"iss"}


@pytest.mark.parametrize(
    "uri",
    [
        "http://hall.example/in",
        "https://hall.example/in#part",
        "javascript:alert(1)",
        "//hall.example/in",
        "https://somebody@hall.example/in",
        # What the client reads is ours to say.
        "https://hall.example/in?iss=https://evil.example",
        "https://hall.example/in?target_link_uri=https://evil.example",
        "https://hall.example/in?login_hint=somebody",
    ],
)
def test_attack_an_address_that_leads_elsewhere_or_speaks_for_us(uri: str) -> None:
    with pytest.raises(MetadataRefused):
        registered(uri)
