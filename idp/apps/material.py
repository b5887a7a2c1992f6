"""Which changes of an app in production wait for somebody of ours, and which hold at once: in one place.

What makes an app stricter, or concerns it alone (its contacts, its own keys), holds at once: nobody should
wait to close a hole. What people agreed to, where their codes go, and whatever lets the app have more waits
until it is looked at again. A field that nobody has thought about waits.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from idp.oidc.clients.fields.request import is_signed
from idp.oidc.clients.metadata import WEB_URIS, ClientMetadata
from idp.oidc.clients.uris import csp_source

Rule = Callable[[Any, Any, frozenset[str]], bool]
"""Whether a change waits: the value before, the value after, and the places that were looked at."""

PROFILES = ("oidc", "oauth21", "fapi2-security", "fapi2-message-signing")
"""From the least strict to the strictest."""
METHODS: Mapping[str, int] = {
    "none": 0,
    "client_secret_post": 1,
    "client_secret_basic": 1,
    "client_secret_jwt": 2,
    "private_key_jwt": 3,
    "self_signed_tls_client_auth": 3,
    "tls_client_auth": 3,
}
"""How well each proves who an app is."""
OWN_PRESENCE_SECONDS = 900
"""Of an app that shortens nothing; the settings may make it shorter, never longer."""


def _at_once(_before: Any, _after: Any, _places: frozenset[str]) -> bool:
    return False


def _waits(_before: Any, _after: Any, _places: frozenset[str]) -> bool:
    return True


def _waits_if_more(before: Iterable[str], after: Iterable[str], _places: frozenset[str]) -> bool:
    return not set(after) <= set(before)


def _waits_if_fewer(before: Iterable[str], after: Iterable[str], _places: frozenset[str]) -> bool:
    return not set(before) <= set(after)


def _waits_if_word_added(before: str, after: str, places: frozenset[str]) -> bool:
    return _waits_if_more(before.split(), after.split(), places)


def _waits_if_word_gone(before: str, after: str, places: frozenset[str]) -> bool:
    return _waits_if_fewer(before.split(), after.split(), places)


def _waits_if_loosened(before: bool, after: bool, _places: frozenset[str]) -> bool:
    return before and not after


def _waits_if_plain(before: str | None, after: str | None, _places: frozenset[str]) -> bool:
    """What was encrypted goes out in plain."""
    return before is not None and after is None


def _waits_if_lower(before: int, after: int, _places: frozenset[str]) -> bool:
    return after < before


def _waits_if_longer(before: int | None, after: int | None, _places: frozenset[str]) -> bool:
    return (after or OWN_PRESENCE_SECONDS) > (before or OWN_PRESENCE_SECONDS)


def _waits_if_laxer(before: str, after: str, _places: frozenset[str]) -> bool:
    return PROFILES.index(after) < PROFILES.index(before)


def _waits_if_weaker(before: str, after: str, _places: frozenset[str]) -> bool:
    return METHODS[after] < METHODS[before]


def _waits_if_elsewhere(before: Any, after: Any, places: frozenset[str]) -> bool:
    """Whether an address leads to a place that nobody has looked at. Fewer addresses hold at once."""
    old, new = _listed(before), _listed(after)
    return any(csp_source(uri) not in places for uri in new if uri not in old)


def _waits_if_gone_or_elsewhere(before: Any, after: Any, places: frozenset[str]) -> bool:
    """What an app does not go live without, it does not go on without."""
    return bool(_listed(before) and not _listed(after)) or _waits_if_elsewhere(before, after, places)


def _waits_if_none_left(before: Any, after: Any, _places: frozenset[str]) -> bool:
    return bool(before) and not after


def _waits_if_unsigned(before: Iterable[str], after: Iterable[str], _places: frozenset[str]) -> bool:
    """Answers that were signed come in plain (JARM section 2.3). None named: all that the profile allows."""
    was, shall = tuple(before), tuple(after)
    return bool(was) and all(map(is_signed, was)) and not (shall and all(map(is_signed, shall)))


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("jwks", "jwks_uri", "software_id", "software_version"), _at_once),
    **dict.fromkeys(("token_endpoint_auth_signing_alg", "access_token_format"), _at_once),
    **dict.fromkeys(("default_max_age", "default_acr_values", "require_auth_time"), _at_once),
    **dict.fromkeys(
        (f"{channel}_logout_session_required" for channel in ("backchannel", "frontchannel")), _at_once
    ),
    **dict.fromkeys(
        (f"tls_client_auth_{name}" for name in ("subject_dn", "san_dns", "san_uri", "san_ip", "san_email")),
        _at_once,
    ),
    **dict.fromkeys(
        (
            f"{what}_signed_response_alg"
            for what in ("id_token", "userinfo", "authorization", "introspection")
        ),
        _at_once,
    ),
    **dict.fromkeys(
        (
            *("request_object_signing_alg", "request_object_encryption_alg", "request_object_encryption_enc"),
            "backchannel_authentication_request_signing_alg",
        ),
        _at_once,
    ),
    **{
        f"{what}_encrypted_response_{half}": rule
        for what in ("id_token", "userinfo", "authorization", "introspection")
        for half, rule in (("alg", _waits_if_plain), ("enc", _at_once))
    },
    **dict.fromkeys(
        (
            *("require_pkce", "require_pushed_authorization_requests", "require_signed_request_object"),
            *("dpop_bound_access_tokens", "dpop_nonce_required"),
            "tls_client_certificate_bound_access_tokens",
        ),
        _waits_if_loosened,
    ),
    **dict.fromkeys(
        (
            *("redirect_uris", "post_logout_redirect_uris", "request_uris", "initiate_login_uri"),
            *("backchannel_logout_uri", "frontchannel_logout_uri"),
            "backchannel_client_notification_endpoint",
            *("client_uri", "tos_uri"),
        ),
        _waits_if_elsewhere,
    ),
    "policy_uri": _waits_if_gone_or_elsewhere,
    "contacts": _waits_if_none_left,
    "response_modes": _waits_if_unsigned,
    **dict.fromkeys(
        ("grant_types", "response_types", "accepted_parties", "resource_uris", "authorization_details_types"),
        _waits_if_more,
    ),
    **dict.fromkeys(("client_name", "organization_name", "purpose", "purpose_code", "logo_uri"), _waits),
    **dict.fromkeys(
        ("application_type", "subject_type", "sector", "sector_identifier_uri", "client_id"), _waits
    ),
    **dict.fromkeys(("token_exchange", "may_act", "software_statement", "limits"), _waits),
    **dict.fromkeys(("backchannel_token_delivery_mode", "backchannel_user_code_parameter"), _waits),
    "scope": _waits_if_word_added,
    "optional_scope": _waits_if_word_gone,
    "minimum_level": _waits_if_lower,
    "presence_seconds": _waits_if_longer,
    "profile": _waits_if_laxer,
    "token_endpoint_auth_method": _waits_if_weaker,
}


def needs_approval(before: ClientMetadata, after: ClientMetadata) -> frozenset[str]:
    """The fields whose change waits, by their registered names without language tags."""
    codes = frozenset(map(csp_source, filter(_is_a_place, before.redirect_uris)))
    # An app's home page may lie where everybody has pages: a link may lead there, a code may not.
    links = codes | frozenset(map(csp_source, before.localized.get("client_uri", {}).values()))
    # A scope that is no longer asked for is none that people could leave out.
    left = " ".join(before.optional_scopes & after.scopes)
    before = before.model_copy(update={"optional_scope": left})
    return frozenset(
        name
        for name in {*_names(before), *_names(after)}
        if (was := _value(before, name)) != (shall := _value(after, name))
        and RULES.get(name, _waits)(was, shall, links if name in WEB_URIS else codes)
    )


def _names(metadata: ClientMetadata) -> Iterable[str]:
    return ({*ClientMetadata.model_fields} - {"localized"}) | {*metadata.localized}


def _value(metadata: ClientMetadata, name: str) -> Any:
    """Of texts and their addresses, those in all languages."""
    if name not in ClientMetadata.model_fields or name == "client_name":
        return metadata.localized.get(name, {})
    return getattr(metadata, name)


def _is_a_place(uri: str) -> bool:
    return bool(urlsplit(uri).netloc) or "." in urlsplit(uri).scheme


def _listed(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        return tuple(value.values())
    if isinstance(value, str):
        return (value,)
    return tuple(value or ())
