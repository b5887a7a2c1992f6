"""Access tokens where they are used, and what everything of a grant rests on."""

from idp.doctor.case import Case
from idp.doctor.specifications import core, rfc
from idp.locales import gettext_noop as _

ENDED = "What was granted has ended."
ACCESS = "The access token is not valid."
REFRESH = "The refresh token is not valid."
CASES = (
    Case(
        "access-expired",
        (f"{ACCESS} | not our token: expired",),
        _("The access token had expired."),
        (_("Refresh before expires_in is over, or when the answer is 401; then try again once."),),
        (rfc(6750, "3.1"),),
        ("Authorization",),
    ),
    Case(
        "access-not-ours",
        (f"{ACCESS} | not our token: *",),
        _("This is no access token of this server."),
        (
            _("Send access_token of the token's answer, not the id_token and not the refresh token."),
            _("Sandbox and production are apart: a token of one is unknown to the other."),
        ),
        (rfc(6750, "3.1"),),
        ("Authorization",),
    ),
    Case(
        "access-other-audience",
        (
            f"{ACCESS} | it is meant for another resource",
            f"{ACCESS} | it stands for a client, not for a person",
        ),
        _("The token is good elsewhere: for a resource server, or for the app itself."),
        (
            _(
                "For userinfo, use a token of a sign-in that was asked for without resource, or with the "
                "issuer as resource."
            ),
        ),
        (rfc(8707, "2"), core("5.3.1")),
        ("Authorization",),
    ),
    Case(
        "access-bound",
        (
            f"{ACCESS} | bound to another certificate",
            f"{ACCESS} | bound, and sent as a bearer token",
            f"{ACCESS} | a bearer token, sent as a bound one",
            f"{ACCESS} | bound to another key",
            "The * is not valid. | bound to another key",
        ),
        _("The token is not used in the way that it was issued for."),
        (
            _(
                "A token with token_type DPoP goes with Authorization: DPoP and a proof by the same key; "
                "one that is bound to a certificate goes over a connection with that certificate."
            ),
        ),
        (rfc(9449, "7.1"), rfc(8705, "3")),
        ("Authorization", "dpop"),
    ),
    Case(
        "grant-ended",
        (
            f"{REFRESH} | *",
            f"{ENDED} | *",
            "What was asked for is not known, or not for this client. | the session, the consent or the "
            "account has ended",
            f"{ACCESS} | *",
        ),
        _(
            "What the token rests on has ended: it expired unused, was revoked, or the person withdrew "
            "it or signed out."
        ),
        (
            _("Send the person through the authorization endpoint again. That is no fault of the app's."),
            _(
                "Tokens without offline_access end with the person's session: ask for offline_access if "
                "the app works while they are away."
            ),
        ),
        (rfc(6749, "5.2"), rfc(6750, "3.1")),
        ("refresh_token", "Authorization"),
    ),
    Case(
        "token-placed",
        ("A token in the address is not accepted.", "The token came in more than one way."),
        _("The token stands in the wrong place, or in two."),
        (_("Send it in the Authorization header alone."),),
        (rfc(6750, "2"), rfc(9700, "4.3.2")),
        ("access_token", "Authorization"),
    ),
)
