"""What a client may have that nobody looked at: one list, and everything else is decided here.

What is asked beyond it is replaced where the answer shows it and less is harmless (scopes, grants, subject
type), and refused where the client would rely on it (RFC 7591 sections 3.2.1 and 5).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from idp.oidc.clients.contacts import is_contact
from idp.oidc.clients.credentials.jwks import Fetch
from idp.oidc.clients.fields.registration import host_of
from idp.oidc.clients.fields.scope import OFFLINE_ACCESS
from idp.oidc.clients.hosts import looks_like
from idp.oidc.clients.metadata import (
    LOCALIZED,
    WEB_URIS,
    ClientMetadata,
    MetadataRefused,
    read,
)
from idp.oidc.clients.models import ClientRecord
from idp.oidc.clients.own_places import OURS, OwnPlaces
from idp.oidc.clients.profiles import DEFAULT, PROFILES
from idp.oidc.clients.uris import UriRefused, check_redirect_uri, check_web_uri
from idp.oidc.errors import InvalidClientMetadata, InvalidRedirectUri
from idp.oidc.registration import wording
from idp.oidc.registration.sectors import proved_host, sector_of

MAY_CHOOSE = frozenset(
    (
        *("redirect_uris", "post_logout_redirect_uris", "application_type", "grant_types", "response_types"),
        *("scope", "profile", "jwks", "jwks_uri", "contacts", "minimum_level", "presence_seconds"),
        *("token_endpoint_auth_method", "token_endpoint_auth_signing_alg"),
        *("id_token_signed_response_alg", "userinfo_signed_response_alg"),
        *("id_token_encrypted_response_alg", "id_token_encrypted_response_enc"),
        *("userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc"),
        *("authorization_signed_response_alg", "introspection_signed_response_alg"),
        *("authorization_encrypted_response_alg", "authorization_encrypted_response_enc"),
        *("introspection_encrypted_response_alg", "introspection_encrypted_response_enc"),
        *("request_object_signing_alg", "request_object_encryption_alg", "request_object_encryption_enc"),
        *("require_signed_request_object", "require_pushed_authorization_requests", "request_uris"),
        "response_modes",
        *("backchannel_logout_uri", "backchannel_logout_session_required"),
        *("frontchannel_logout_uri", "frontchannel_logout_session_required"),
        *("access_token_format", "dpop_bound_access_tokens", "dpop_nonce_required"),
        *("tls_client_certificate_bound_access_tokens", "tls_client_auth_subject_dn"),
        *("tls_client_auth_san_dns", "tls_client_auth_san_uri", "tls_client_auth_san_ip"),
        *("tls_client_auth_san_email", "initiate_login_uri"),
        *("sector_identifier_uri", "software_id", "software_version", "software_statement"),
        *("default_max_age", "default_acr_values", "require_auth_time", "authorization_details_types"),
    )
) & frozenset(ClientMetadata.model_fields)
SCOPES = ("openid", "profile", "email", "phone", "age", OFFLINE_ACCESS)
"""Not `resident_number`, and nothing that a client does for itself (scopes with a colon)."""
GRANT_TYPES = ("authorization_code", "refresh_token")
WORDS = frozenset({"client_name"})
"""Not `organization_name` and `purpose`: nobody has checked for whom and what for it asks."""
TAKEN = "A client at this host was registered by the operator: ask there."
PURPOSE_CODE = "self-registered"
LANGUAGE_TAG = re.compile(r"[A-Za-z0-9-]{0,35}")
TEXTS_AT_MOST = 40
REASON_CHARACTERS_AT_MOST = 500
LONG_NUMBER = re.compile(r"\d{7,}[\dXx]?")


@dataclass(frozen=True, slots=True)
class Registered:
    """What the operator has registered: nobody else shares a sector or a host with it, or reads like it."""

    sectors: frozenset[str]
    """And the hosts of redirect_uris."""
    names: tuple[str, ...]
    own: OwnPlaces
    """Ours."""


def by_the_operator(connection: Connection, own: OwnPlaces) -> Registered:
    """`own`: our hosts are nobody's. A page would say that the answer goes to us."""
    rows = connection.execute(
        select(ClientRecord.sector, ClientRecord.metadata_json).where(ClientRecord.registration_mac.is_(None))
    ).all()
    names = (
        text
        for row in rows
        for field in ("client_name", "organization_name")
        for text in row.metadata.get("localized", {}).get(field, {}).values()
    )
    hosts = (proved_host(uri) for row in rows for uri in row.metadata.get("redirect_uris", ()))
    sectors = {row.sector for row in rows}.union(own.hosts, (host for host in hosts if host is not None))
    return Registered(frozenset(sectors), tuple(dict.fromkeys(names)), own)


def decide(
    asked: Mapping[str, Any],
    *,
    client_id: str,
    sector: str | None,
    operator: Registered,
    fetch: Fetch,
    pkce_always: bool,
) -> ClientMetadata:
    """The registration of a client that asks for this. `sector`: that of a client which has one.

    Raises InvalidRedirectUri, InvalidClientMetadata.
    """
    fields = {name: value for name, value in asked.items() if name in MAY_CHOOSE}
    _replace(fields)
    _check_addresses(fields)
    if (ours := operator.own.of_ours(asked)) is not None:
        # Before anything is fetched.
        raise InvalidClientMetadata(f"{ours.partition('#')[0]}: {OURS}.")
    _check_contacts(fields.get("contacts", ()))
    uris, identifier = fields["redirect_uris"], fields.get("sector_identifier_uri")
    found = sector_of(uris, identifier, client_id, fetch)
    if sector is not None and found != sector:
        # A change would make strangers of all users, or tell who they are to another site's owner.
        raise InvalidClientMetadata("The sector (the host of the redirect_uris) never changes.")
    # What a client has already it keeps, whoever came later.
    if {found, *map(proved_host, uris)} & operator.sectors - {sector}:
        raise InvalidClientMetadata(TAKEN)
    hosts = (proved_host(uri) for uri in uris)
    if any(looks_like(host, operator.sectors) for host in hosts if host and host != sector):
        raise InvalidClientMetadata("The host reads like that of a client of the operator's.")
    texts = _texts(asked, operator, default=urlsplit(uris[0]).hostname or urlsplit(uris[0]).scheme)
    confidential = fields.get("token_endpoint_auth_method") != "none"
    may_leave_pkce_out = confidential and not PROFILES.get(fields.get("profile", DEFAULT), PKCE).pkce_always
    decided = {
        "client_id": client_id,
        "sector": found,
        "purpose_code": PURPOSE_CODE,
        "subject_type": "pairwise",
        "require_pkce": pkce_always or not may_leave_pkce_out,
    }
    try:
        return read({**fields, **texts, **decided})
    except MetadataRefused as refused:
        raise InvalidClientMetadata(_said(str(refused).replace("\n", "; "))) from None


PKCE = PROFILES["oauth21"]
"""For a profile that is none: the registration is refused anyway."""


def _replace(fields: dict[str, Any]) -> None:
    """What is asked beyond the list, by what is on it."""
    fields["grant_types"] = _offered(fields, "grant_types", GRANT_TYPES, "authorization_code")
    fields["response_types"] = _offered(fields, "response_types", ("code",), "code")
    asked = fields["scope"].split() if "scope" in fields else SCOPES
    scopes = [scope for scope in SCOPES if scope in asked or scope == "openid"]
    if "refresh_token" not in fields["grant_types"]:
        scopes = [scope for scope in scopes if scope != OFFLINE_ACCESS]
    fields["scope"] = " ".join(scopes)


def _offered(fields: Mapping[str, Any], name: str, offered: Iterable[str], needed: str) -> list[str]:
    asked = fields.get(name, [needed])
    found = [one for one in offered if one in asked]
    if needed not in found:
        raise InvalidClientMetadata(f"{name}: only {needed} is offered to clients that register themselves.")
    return found


def _check_addresses(fields: dict[str, Any]) -> None:
    # OpenID Connect Registration 1.0 section 3.3: an error code of its own.
    uris = fields.get("redirect_uris")
    if not uris:
        raise InvalidRedirectUri("redirect_uris is missing.")
    native = fields.get("application_type") == "native"
    for uri in uris:
        try:
            check_redirect_uri(uri, native=native)
        except UriRefused as refused:
            raise InvalidRedirectUri(_said(str(refused))) from None
    # A person's account leads to the first: to no site but one that they have signed in to. From the others
    # we fetch whenever somebody opens a link: nobody has us knock at another's door.
    _check_place("initiate_login_uri", fields.get("initiate_login_uri"), uris)
    for uri in fields.get("request_uris", ()):
        _check_place("request_uris", uri.partition("#")[0], uris)


def _check_place(name: str, uri: Any, redirect_uris: Iterable[str]) -> None:
    if not isinstance(uri, str):
        return
    try:
        check_web_uri(uri)
    except UriRefused as refused:
        raise InvalidClientMetadata(_said(f"{name}: {refused}")) from None
    if not uri.startswith("https://"):
        # OpenID Connect Registration 1.0 section 2. Only the operator may register localhost.
        raise InvalidClientMetadata(f"{name}: needs https.")
    if host_of(uri) not in map(host_of, redirect_uris):
        raise InvalidClientMetadata(f"{name}: not at a host of the redirect_uris.")


def _said(reason: str) -> str:
    """It may quote an address, and is remembered: no long run of digits, and no endless text."""
    return LONG_NUMBER.sub("#", reason)[:REASON_CHARACTERS_AT_MOST]


def _check_contacts(contacts: Collection[str]) -> None:
    if not all(map(is_contact, contacts)):
        raise InvalidClientMetadata("contacts: e-mail addresses, or addresses of https, mailto or tel.")


def _texts(asked: Mapping[str, Any], operator: Registered, *, default: str) -> dict[str, str]:
    """Names and the addresses of pages, in every language that they come in."""
    found = {
        name: value
        for name, value in asked.items()
        if (base := name.partition("#")[0]) in LOCALIZED and base in WORDS | WEB_URIS and value
    }
    if len(found) > TEXTS_AT_MOST:
        raise InvalidClientMetadata("Names and addresses in too many languages.")
    for name, value in found.items():
        base, _, tag = name.partition("#")
        if not LANGUAGE_TAG.fullmatch(tag):
            raise InvalidClientMetadata(f"{base}: a language tag cannot be read.")
        if base in WORDS:
            _check_words(name, value, operator)
    return {"client_name": default, **found}


def _check_words(name: str, value: str, operator: Registered) -> None:
    try:
        wording.check(value)
    except wording.WordingRefused as refused:
        raise InvalidClientMetadata(f"{name}: {refused}.") from None
    if wording.sounds_official(value):
        raise InvalidClientMetadata(f"{name}: reads like a government body, which the operator registers.")
    if wording.reads_like(value, operator.names):
        raise InvalidClientMetadata(f"{name}: reads like a client that the operator registered.")
