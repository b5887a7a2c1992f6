"""Fields of the protocol: how an app proves itself, what it may use, how messages are signed and sealed."""

from idp.locales import gettext_noop as _
from idp.oidc.clients.explaining.people_fields import FieldWords
from idp.oidc.clients.explaining.sources import (
    CIBA,
    CLIENT,
    DPOP,
    DPOP_NONCES,
    EXCHANGE,
    FAPI,
    INTROSPECTION,
    JARM,
    MTLS,
    MTLS_TOKENS,
    OURS,
    PKCE,
    PUSHED,
    REGISTRATION,
    REQUEST_OBJECTS,
    RESOURCES,
    Source,
)

SUBJECT = _("Of tls_client_auth, exactly one name of the certificate.")
SIGNED = _("The one algorithm that signs them for your app.")
ALG = _("How the key of the encryption is wrapped, to a public key of yours; empty: it is not encrypted.")
ENC = _("What the text itself is encrypted with; A128CBC-HS256 when it is left out.")


def _tls(name: str, label: str) -> FieldWords:
    return FieldWords(f"tls_client_auth_{name}", label, SUBJECT, MTLS)


def _sealed(what: str, alg: str, enc: str, source: Source) -> tuple[FieldWords, FieldWords]:
    begin = f"{what}_encrypted_response"
    return FieldWords(f"{begin}_alg", alg, ALG, source), FieldWords(f"{begin}_enc", enc, ENC, source)


PROTOCOL_FIELDS: tuple[FieldWords, ...] = (
    FieldWords(
        "profile",
        _("Profile"),
        _("How strict everything is: oidc, oauth21, fapi2-security or fapi2-message-signing."),
        FAPI,
    ),
    FieldWords(
        "token_endpoint_auth_method",
        _("How the app proves itself"),
        _("With a secret, a signature, a certificate; or not at all, where it could keep no secret."),
        CLIENT,
    ),
    FieldWords(
        "token_endpoint_auth_signing_alg",
        _("Algorithm of client assertions"),
        _("The one that your app signs them with; empty: any that the profile allows."),
        REGISTRATION,
    ),
    FieldWords(
        "jwks",
        _("Public keys"),
        _("Your app's public keys as a JWK Set. Never private ones."),
        CLIENT,
    ),
    FieldWords(
        "jwks_uri",
        _("Address of the public keys"),
        _("Where we read them, and read them again when you rotate; instead of pasting them."),
        CLIENT,
    ),
    FieldWords(
        "grant_types",
        _("Grant types"),
        _("By which ways your app gets tokens."),
        CLIENT,
    ),
    FieldWords(
        "response_types",
        _("Response types"),
        _("code where people are sent to us; nothing else is offered."),
        CLIENT,
    ),
    FieldWords(
        "response_modes",
        _("Response modes"),
        _("How answers may come back; none chosen: all that the profile allows."),
        JARM,
    ),
    FieldWords(
        "require_pkce",
        _("Requires PKCE"),
        _("A request without code_challenge is refused. Leave it on unless your library cannot."),
        PKCE,
    ),
    FieldWords(
        "require_pushed_authorization_requests",
        _("Requires pushed requests"),
        _("Requests come from your server first; a browser carries a reference alone."),
        PUSHED,
    ),
    FieldWords(
        "require_signed_request_object",
        _("Requires signed requests"),
        _("Nobody can change on the way what your app asks for."),
        REQUEST_OBJECTS,
    ),
    FieldWords(
        "request_object_signing_alg",
        _("Algorithm of request objects"),
        _("The one that your app signs them with; empty: any that the profile allows."),
        REGISTRATION,
    ),
    FieldWords(
        "request_object_encryption_alg",
        _("Key encryption of request objects"),
        _("The one that your app uses, if it encrypts them."),
        REGISTRATION,
    ),
    FieldWords(
        "request_object_encryption_enc",
        _("Content encryption of request objects"),
        _("The one that your app uses, if it encrypts them."),
        REGISTRATION,
    ),
    FieldWords(
        "request_uris",
        _("Addresses of request objects"),
        _("Where your request objects may be fetched, one a line, and nowhere else."),
        REGISTRATION,
    ),
    FieldWords(
        "dpop_bound_access_tokens",
        _("Tokens are bound to a key (DPoP)"),
        _("Who steals a token can do nothing with it. Each request needs a proof of your app's key."),
        DPOP,
    ),
    FieldWords(
        "dpop_nonce_required",
        _("DPoP proofs need a nonce"),
        _("Nobody can make proofs beforehand; a request may be answered by a nonce to try again with."),
        DPOP_NONCES,
    ),
    FieldWords(
        "tls_client_certificate_bound_access_tokens",
        _("Tokens are bound to a certificate"),
        _("Each request needs the client certificate that the token was asked for with."),
        MTLS_TOKENS,
    ),
    _tls("subject_dn", _("Certificate: subject")),
    _tls("san_dns", _("Certificate: DNS name")),
    _tls("san_uri", _("Certificate: URI")),
    _tls("san_ip", _("Certificate: IP address")),
    _tls("san_email", _("Certificate: e-mail address")),
    FieldWords(
        "access_token_format",
        _("Format of access tokens"),
        _(
            "jwt: services check them by themselves. opaque: services ask us, and they end everywhere at"
            " once."
        ),
        OURS,
    ),
    FieldWords(
        "resource_uris",
        _("Resources that the app serves"),
        _("One a line. Tokens are made out for them, and your app may ask us about those tokens."),
        RESOURCES,
    ),
    FieldWords(
        "id_token_signed_response_alg",
        _("Signature of id_tokens"),
        _("The one algorithm of id_tokens and logout tokens; your library has to expect it."),
        REGISTRATION,
    ),
    *_sealed(
        "id_token", _("Key encryption of id_tokens"), _("Content encryption of id_tokens"), REGISTRATION
    ),
    FieldWords(
        "userinfo_signed_response_alg",
        _("Signature of userinfo"),
        _("The one algorithm that signs it for your app; empty: plain JSON."),
        REGISTRATION,
    ),
    *_sealed("userinfo", _("Key encryption of userinfo"), _("Content encryption of userinfo"), REGISTRATION),
    FieldWords("authorization_signed_response_alg", _("Signature of authorization responses"), SIGNED, JARM),
    *_sealed(
        "authorization",
        _("Key encryption of authorization responses"),
        _("Content encryption of authorization responses"),
        JARM,
    ),
    FieldWords("introspection_signed_response_alg", _("Signature of introspection"), SIGNED, INTROSPECTION),
    *_sealed(
        "introspection",
        _("Key encryption of introspection"),
        _("Content encryption of introspection"),
        INTROSPECTION,
    ),
    FieldWords(
        "backchannel_token_delivery_mode",
        _("Delivery of back-channel sign-ins"),
        _("How your app learns of the answer: it asks (poll), is told (ping), or gets the tokens (push)."),
        CIBA,
    ),
    FieldWords(
        "backchannel_client_notification_endpoint",
        _("Where back-channel answers go"),
        _("For ping and push, on your server."),
        CIBA,
    ),
    FieldWords(
        "backchannel_authentication_request_signing_alg",
        _("Algorithm of back-channel requests"),
        _("The one that your app signs them with, all of them; empty: it signs none."),
        CIBA,
    ),
    FieldWords(
        "backchannel_user_code_parameter",
        _("Back-channel requests have a user code"),
        _("Not offered: a request is answered after a sign-in of one's own."),
        CIBA,
    ),
    FieldWords(
        "token_exchange",
        _("Rules of token exchange"),
        _("Whose access tokens your app may exchange, and for what. Only the operator gives them."),
        EXCHANGE,
    ),
    FieldWords(
        "may_act",
        _("Who may exchange the app's tokens"),
        _("The one client that may; empty: whoever has a rule for them."),
        EXCHANGE,
    ),
    FieldWords("software_id", _("ID of the software"), _("The same for every copy of it."), CLIENT),
    FieldWords("software_version", _("Version of the software"), _("Changes with each release."), CLIENT),
    FieldWords(
        "software_statement",
        _("Software statement"),
        _("What somebody trusted has signed about the software; as it was presented."),
        CLIENT,
    ),
    FieldWords(
        "limits",
        _("Own limits"),
        _("How many requests the app may make, where the operator has given it more or less than others."),
        OURS,
    ),
)
