"""Addresses of ours in registrations, however they are written."""

import pytest

from idp.oidc.clients.metadata import LOCALIZED, ClientMetadata, MetadataRefused
from idp.oidc.clients.own_places import FIELDS, own_places

PUBLIC = own_places("https://id.example", "https://mtls.id.example:8443", "")
LOCAL = own_places("http://localhost:8000", "")
NO_ADDRESSES = {"tls_client_auth_san_uri"}
"""A name in a certificate."""


def test_every_field_with_addresses_is_looked_at() -> None:
    named = {name for name in (*ClientMetadata.model_fields, *LOCALIZED) if name.endswith(("_uri", "_uris"))}
    assert named - NO_ADDRESSES <= FIELDS
    assert "backchannel_client_notification_endpoint" in FIELDS
    assert ClientMetadata.model_fields.keys() | set(LOCALIZED) >= FIELDS


@pytest.mark.parametrize(
    "uri",
    [
        "https://id.example/",
        "https://id.example:443/callback",
        "https://id.example:8443/callback",
        "https://ID.EXAMPLE/callback",
        "https://id.example./callback",
        "http://id.example/",
        "https://mtls.id.example/jwks",
    ],
)
def test_attack_our_own_host_in_public(uri: str) -> None:
    assert PUBLIC.has(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:8000/callback",
        "http://127.0.0.1:8000/callback",
        "http://[::1]:8000/callback",
        "http://hall.localhost:8000/callback",
    ],
)
def test_attack_our_own_port_on_a_developers_machine(uri: str) -> None:
    assert LOCAL.has(uri)


@pytest.mark.parametrize(
    "uri",
    [
        *("http://localhost:8001/callback", "http://127.0.0.1:1/", "https://hall.example/", "com.example:/x"),
        *("https://sub.id.example/", "https://[", "https://id.example.attacker.example/"),
    ],
)
def test_what_is_somebody_elses_is_left(uri: str) -> None:
    assert not PUBLIC.has(uri)
    assert not LOCAL.has(uri)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_the_field_is_named(name: str) -> None:
    several = name.endswith("uris")
    tagged = f"{name}#zh-CN" if name in LOCALIZED else name
    for uri in ("https://app.example/x", "https://id.example/x"):
        fields = {"client_name": "x", tagged: [uri] if several else uri}
        if uri.startswith("https://app"):
            PUBLIC.refuse(fields)
        else:
            with pytest.raises(MetadataRefused, match=tagged):
                PUBLIC.refuse(fields)
