"""The fields of the settings, in groups; and where those are that stand elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from idp.developer.controls import Control, Widget
from idp.locales import gettext_noop as _
from idp.oidc.clients.fields.answer import SIGNING_ALGORITHMS
from idp.oidc.clients.fields.backchannel import CIBA, DELIVERY_MODES
from idp.oidc.clients.fields.device import DEVICE_CODE
from idp.oidc.clients.fields.exchange import JWT_BEARER, TOKEN_EXCHANGE
from idp.oidc.clients.fields.key import ASSERTION_ALGORITHMS, AUTH_ALGORITHMS
from idp.oidc.clients.fields.request import RESPONSE_MODES
from idp.oidc.clients.profiles import PROFILES
from idp.oidc.jose.jwe import CONTENT_ALGORITHMS, KEY_ALGORITHMS
from idp.oidc.keys.decryption import ALGORITHMS, CONTENTS


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    title: str
    controls: tuple[Control, ...]
    is_folded: bool = False


def _choice(name: str, values: Iterable[str], *, may_be_none: bool = True) -> Control:
    none = (("", _("Not set")),) if may_be_none else ()
    return Control(name, Widget.SELECT, (*none, *((one, "") for one in values)))


def _text(*names: str) -> tuple[Control, ...]:
    return tuple(Control(name, Widget.TEXT) for name in names)


def _lines(*names: str) -> tuple[Control, ...]:
    return tuple(Control(name, Widget.LINES) for name in names)


def _ticks(*names: str) -> tuple[Control, ...]:
    return tuple(Control(name, Widget.TICK) for name in names)


METHODS: Final = (
    ("client_secret_basic", _("A secret in the header (client_secret_basic)")),
    ("client_secret_post", _("A secret in the form (client_secret_post)")),
    ("client_secret_jwt", _("A MAC made with the secret (client_secret_jwt)")),
    ("private_key_jwt", _("A signature by a key of its own (private_key_jwt)")),
    ("tls_client_auth", _("A certificate of an authority (tls_client_auth)")),
    ("self_signed_tls_client_auth", _("A certificate of its own (self_signed_tls_client_auth)")),
    ("none", _("Not at all: it keeps no secret (none)")),
)
GRANTS: Final = (
    ("authorization_code", _("People sign in by a browser (authorization_code)")),
    ("refresh_token", _("Stays signed in (refresh_token)")),
    ("client_credentials", _("Acts for itself (client_credentials)")),
    (DEVICE_CODE, _("People answer on another device (device_code)")),
    (CIBA, _("We ask people by the back channel (CIBA)")),
    (JWT_BEARER, _("On the word of a gateway (jwt-bearer)")),
    (TOKEN_EXCHANGE, _("Exchanges tokens of others (token-exchange)")),
)
SEALED: Final = ("id_token", "userinfo", "authorization", "introspection")

GROUPS: Final[tuple[Group, ...]] = (
    Group(
        "people",
        _("What people see"),
        (
            *(
                Control(name, Widget.LOCALIZED)
                for name in (
                    *("client_name", "organization_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"),
                )
            ),
            *_lines("contacts"),
        ),
    ),
    Group(
        "addresses",
        _("Where people come back to"),
        (
            Control(
                "application_type",
                Widget.SELECT,
                (("web", _("On https addresses (web)")), ("native", _("Installed (native)"))),
            ),
            *_lines("redirect_uris", "post_logout_redirect_uris"),
            *_text("initiate_login_uri"),
        ),
    ),
    Group(
        "logout",
        _("Being told of sign-outs"),
        (
            *_text("backchannel_logout_uri"),
            *_ticks("backchannel_logout_session_required"),
            *_text("frontchannel_logout_uri"),
            *_ticks("frontchannel_logout_session_required"),
        ),
    ),
    Group(
        "security",
        _("How the app proves itself and gets tokens"),
        (
            _choice("profile", PROFILES, may_be_none=False),
            Control("token_endpoint_auth_method", Widget.SELECT, METHODS),
            Control("grant_types", Widget.TICKS, GRANTS),
            Control("response_types", Widget.TICKS, (("code", ""),)),
            *_ticks("require_pkce", "dpop_bound_access_tokens"),
            _choice("access_token_format", ("jwt", "opaque"), may_be_none=False),
            _choice("id_token_signed_response_alg", SIGNING_ALGORITHMS, may_be_none=False),
        ),
    ),
    Group(
        "advanced",
        _("For few"),
        (
            _choice("token_endpoint_auth_signing_alg", AUTH_ALGORITHMS),
            *_ticks(
                *("require_pushed_authorization_requests", "require_signed_request_object"),
                *("dpop_nonce_required", "tls_client_certificate_bound_access_tokens", "require_auth_time"),
            ),
            Control("response_modes", Widget.TICKS, tuple((one, "") for one in RESPONSE_MODES)),
            _choice("request_object_signing_alg", ASSERTION_ALGORITHMS),
            _choice("request_object_encryption_alg", ALGORITHMS),
            _choice("request_object_encryption_enc", CONTENTS),
            *_lines("request_uris", "resource_uris"),
            _choice("userinfo_signed_response_alg", SIGNING_ALGORITHMS),
            _choice("authorization_signed_response_alg", SIGNING_ALGORITHMS, may_be_none=False),
            _choice("introspection_signed_response_alg", SIGNING_ALGORITHMS, may_be_none=False),
            *(
                _choice(f"{what}_encrypted_response_{half}", values)
                for what in SEALED
                for half, values in (("alg", KEY_ALGORITHMS), ("enc", CONTENT_ALGORITHMS))
            ),
            *_text(
                *("tls_client_auth_subject_dn", "tls_client_auth_san_dns", "tls_client_auth_san_uri"),
                *("tls_client_auth_san_ip", "tls_client_auth_san_email"),
            ),
            _choice("backchannel_token_delivery_mode", DELIVERY_MODES),
            *_text("backchannel_client_notification_endpoint"),
            _choice("backchannel_authentication_request_signing_alg", ASSERTION_ALGORITHMS),
            *_text("software_id", "software_version"),
        ),
        is_folded=True,
    ),
)
CONTROLS: Final = tuple(control for group in GROUPS for control in group.controls)
FIXED: Final = (
    *("client_id", "sector", "subject_type", "sector_identifier_uri", "software_statement"),
    *("token_exchange", "may_act", "backchannel_user_code_parameter", "limits"),
)
"""Shown where they say something; the operator's, or never to change."""
AT_KEYS: Final = ("jwks", "jwks_uri")
