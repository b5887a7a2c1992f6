"""Proofs that a request comes from who holds a key (RFC 9449)."""

from idp.doctor.case import Case
from idp.doctor.specifications import of, rfc
from idp.locales import gettext_noop as _

PROOF = "The DPoP proof is not valid."
CASES = (
    Case(
        "dpop-htm-htu",
        (f"{PROOF} | htm is not the method", f"{PROOF} | htu is not this address"),
        _("The DPoP proof was made for another method or another address."),
        (
            _(
                "Make a proof for each request: htm is its method, htu its address as the outside sees "
                "it, without query and fragment."
            ),
        ),
        (rfc(9449, "4.3"),),
        ("dpop",),
    ),
    Case(
        "dpop-iat",
        (f"{PROOF} | iat is too old, or in the future", f"{PROOF} | iat is missing, or no date"),
        _("iat of the DPoP proof does not fit the present."),
        (
            _("Set the clock, or learn how far it is off from the Date header of our answers."),
            _("Make the proof when the request is sent, with iat in seconds, not milliseconds."),
        ),
        (rfc(9449, "4.3"), rfc(9449, "11.1")),
        ("dpop",),
    ),
    Case(
        "dpop-ath",
        (f"{PROOF} | ath is not that of the token",),
        _("ath of the DPoP proof is not the digest of this access token."),
        (
            _(
                "ath is base64url(SHA-256(access token)), needed wherever a token is used, and new with "
                "each token."
            ),
        ),
        (rfc(9449, "4.2"), rfc(9449, "4.3")),
        ("dpop",),
    ),
    Case(
        "dpop-reused",
        (f"{PROOF} | used before", f"{PROOF} | jti is missing or too long"),
        _("Each DPoP proof is good once: its jti was used before, or is missing."),
        (_("Make a new proof with a new random jti for each request, for one that is tried again too."),),
        (rfc(9449, "11.1"),),
        ("dpop",),
    ),
    Case(
        "dpop-nonce",
        ("The DPoP proof needs a nonce of this server.",),
        _("The DPoP proof needs the nonce of this server, or has an old one."),
        (
            _(
                "Take the value of the header DPoP-Nonce of this answer as nonce of a new proof, and try "
                "again. Keep it for the next request."
            ),
        ),
        (rfc(9449, "8"),),
        ("dpop",),
    ),
    Case(
        "dpop-needed",
        (
            "The client has registered that it sends DPoP proofs.",
            "A DPoP proof is needed with this token.",
            "The profile of the client needs tokens that are bound to a key (DPoP, mTLS).",
        ),
        _("The app's tokens are bound to a key, and the request does not show one."),
        (
            _("Send a DPoP header with each request to the token endpoint and each use of a token."),
            _("Or call with the app's certificate, where that is what it registered."),
        ),
        (rfc(9449, "5.2"), of("FAPI 2.0 Security Profile", "5.3.2.1")),
        ("dpop",),
        "dpop_bound_access_tokens",
    ),
    Case(
        "dpop-misshapen",
        (f"{PROOF} | *",),
        _("The DPoP proof is not formed or not signed as RFC 9449 has it."),
        (
            _(
                "A JWT with typ dpop+jwt, alg of an asymmetric key, the public jwk in the header, and "
                "the claims jti, htm, htu and iat; signed by that key."
            ),
        ),
        (rfc(9449, "4.2"),),
        ("dpop",),
    ),
)
