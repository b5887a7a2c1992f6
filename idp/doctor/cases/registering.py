"""Apps that register themselves (RFC 7591, RFC 7592)."""

from idp.doctor.case import Case
from idp.doctor.specifications import of, rfc
from idp.locales import gettext_noop as _

CASES = (
    Case(
        "registration-token",
        ("The initial access token is not valid.", "The registration access token is not valid."),
        _("The token that opens the registration is not good: spent, expired, or of another app."),
        (
            _(
                "Make a new initial access token in the console. The registration access token is the "
                "one of the last answer."
            ),
        ),
        (rfc(7591, "3"), rfc(7592, "2")),
        ("Authorization",),
    ),
    Case(
        "software-statement",
        ("The software statement *",),
        _("The software statement is not signed by an issuer that is trusted here, or not for now."),
        (_("Leave it out, or get one of an issuer that the operator names."),),
        (rfc(7591, "2.3"), rfc(7591, "3.2.2")),
        ("software_statement",),
    ),
    Case(
        "encryption-key",
        ("None of the client's keys can be encrypted to as it is registered.",),
        _("The app registered that its answers come encrypted, and none of its keys fits."),
        (
            _(
                "Publish a key with use enc that fits the registered algorithm, or register that answers "
                "come unencrypted."
            ),
        ),
        (of("OpenID Connect Dynamic Client Registration 1.0", "2"), rfc(7516, "4.1.1")),
        (),
        "jwks",
    ),
    Case(
        "metadata-refused",
        (
            "invalid_client_metadata: *",
            "invalid_redirect_uri: *",
        ),
        _("The registration breaks a rule; the description says which field and why."),
        (
            _(
                "Change the field that is named and send the whole document again. The console explains "
                "each field."
            ),
        ),
        (rfc(7591, "3.2.2"), of("OpenID Connect Dynamic Client Registration 1.0", "3.3")),
    ),
    Case(
        "body-not-json",
        ("The body must be *",),
        _("The body is not of the media type that this endpoint reads."),
        (_("Send the parameters with the Content-Type that the specification has: a form here, no JSON."),),
        (rfc(6749, "3.2"),),
        ("Content-Type",),
    ),
)
