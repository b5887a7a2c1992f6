"""How an app proves who it is."""

from idp.doctor.case import Case
from idp.doctor.specifications import core, of, rfc
from idp.locales import gettext_noop as _

FAILED = "Client authentication failed."
CASES = (
    Case(
        "client-unknown-here",
        (f"{FAILED} | unknown or suspended client",),
        _("No app with this client_id is active here."),
        (
            _("Compare client_id with the one on your app's page, character by character."),
            _("Sandbox and production are apart: an app of one is not known to the other."),
        ),
        (rfc(6749, "5.2"),),
        ("client_id", "Authorization"),
    ),
    Case(
        "authentication-missing",
        ("No client authentication was sent.", "Client authentication is needed here. | none was sent"),
        _("The request does not say which app it comes from."),
        (
            _(
                "Send what the app is registered for: client_id, and its secret, its assertion or its "
                "certificate."
            ),
        ),
        (rfc(6749, "2.3"), rfc(6749, "3.2.1")),
        ("client_id", "Authorization"),
    ),
    Case(
        "public-client-here",
        ("Client authentication is needed here. | public client",),
        _("A public app cannot ask about tokens: nothing shows that it is who it says."),
        (
            _(
                "Only a resource server that proves who it is may introspect. Register it as an app of "
                "its own."
            ),
        ),
        (rfc(7662, "2.1"),),
        ("client_id",),
        "token_endpoint_auth_method",
    ),
    Case(
        "two-methods",
        ("More than one way of client authentication was used.",),
        _("The app proves itself in two ways at once."),
        (
            _(
                "Use the registered method alone. Often a library sends Basic while your code adds "
                "client_secret."
            ),
        ),
        (rfc(6749, "2.3"),),
        ("Authorization", "client_secret", "client_assertion"),
    ),
    Case(
        "client-ids-differ",
        (
            "client_id differs from the authenticated client.",
            f"{FAILED} | client_id differs from the assertion's sub",
        ),
        _("client_id in the form is another than the one that proves itself."),
        (_("Leave client_id out of the form, or send the same."),),
        (rfc(6749, "2.3"), rfc(7521, "4.2")),
        ("client_id",),
    ),
    Case(
        "other-method",
        (f"{FAILED} | sent *, registered *",),
        _("The app proves itself by another method than the registered one."),
        (
            _("Set the method in your library to the registered one."),
            _("Or change the registration, if the app is to prove itself that way."),
        ),
        (of("OpenID Connect Dynamic Client Registration 1.0", "2"), rfc(7591, "2")),
        ("Authorization", "client_secret", "client_assertion"),
        "token_endpoint_auth_method",
    ),
    Case(
        "secret-revoked",
        (f"{FAILED} | wrong secret: revoked",),
        _("The client secret is one that was revoked."),
        (
            _(
                "Give the program one that is good, and start it anew: the page of secrets lists them by "
                "name, with the day of the last use."
            ),
            _("If the good one is lost, make a new secret: each is shown once."),
            _("If no program of yours sends the old one, somebody else does: it opens nothing any more."),
        ),
        (rfc(6749, "2.3.1"), rfc(6749, "5.2")),
        ("Authorization", "client_secret"),
        "client_secret",
    ),
    Case(
        "secret-expired",
        (f"{FAILED} | wrong secret: expired",),
        _("The client secret has expired."),
        (
            _("Make a new secret, give it to the program, and start that anew."),
            _(
                "Make the next one before this one ends: both are good side by side, and nothing stands "
                "still."
            ),
        ),
        (rfc(6749, "2.3.1"), rfc(6749, "5.2")),
        ("Authorization", "client_secret"),
        "client_secret",
    ),
    Case(
        "wrong-secret",
        (f"{FAILED} | wrong secret*", f"{FAILED} | secret: *"),
        _("The client secret is not one of the app's."),
        (
            _(
                "Compare what the app really sends with what was shown when the secret was made: line "
                "breaks and quotation marks slip in from files and environment variables."
            ),
            _("If it is lost, make a new secret: both work side by side until you revoke the old one."),
        ),
        (rfc(6749, "2.3.1"),),
        ("Authorization", "client_secret"),
        "client_secret",
    ),
    Case(
        "header-unreadable",
        ("The Authorization header is not of the Basic scheme.", "The Authorization header cannot be read."),
        _("The Authorization header is not Basic, or not as RFC 7617 has it."),
        (
            _("Form-encode client_id and secret each, join them by a colon, and write that in base64."),
            _("A bearer token does not stand for a client here."),
        ),
        (rfc(6749, "2.3.1"), rfc(7617, "2")),
        ("Authorization",),
    ),
    Case(
        "assertion-type",
        ("client_assertion_type is missing, or not one that is supported.",),
        _("client_assertion_type is missing, or another than that of JWTs."),
        (_("Send client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer."),),
        (rfc(7523, "2.2"),),
        ("client_assertion_type",),
    ),
    Case(
        "assertion-key",
        (
            f"{FAILED} | client_assertion: no key fits kid and algorithm",
            f"{FAILED} | client_assertion: several keys fit: kid is needed",
            f"{FAILED} | client_assertion: the client has no registered keys",
            f"{FAILED} | client_assertion: the client's jwks_uri gives no usable keys",
            f"{FAILED} | client_assertion: kid is no text",
        ),
        _("The key that the assertion names is not among the app's keys."),
        (
            _("Publish the key before you sign with it, and name it by kid in the header."),
            _("Check that jwks_uri answers from outside, with JSON of public keys."),
        ),
        (rfc(7523, "3"), rfc(7517, "4.5")),
        ("client_assertion",),
        "jwks",
    ),
    Case(
        "assertion-signature",
        (
            f"{FAILED} | client_assertion: the signature does not hold *",
            f"{FAILED} | client_assertion: the MAC is not right",
            f"{FAILED} | client_assertion: the secret is too short for its algorithm",
        ),
        _("The signature of the assertion does not hold."),
        (
            _(
                "Sign with the private key that belongs to the registered one: often a test's key is "
                "left over."
            ),
            _("With client_secret_jwt, the key is the text of the secret in UTF-8, as it was shown."),
        ),
        (rfc(7523, "3"), core("9")),
        ("client_assertion",),
        "jwks",
    ),
    Case(
        "assertion-algorithm",
        (f"{FAILED} | client_assertion: signed with an algorithm that is not registered for it",),
        _("The assertion is signed with an algorithm that the app may not use."),
        (_("Sign with the registered algorithm; never with none."),),
        (rfc(7523, "3"), rfc(8725, "3.1")),
        ("client_assertion",),
        "token_endpoint_auth_signing_alg",
    ),
    Case(
        "assertion-audience",
        (
            f"{FAILED} | client_assertion: aud must be this server",
            f"{FAILED} | client_assertion: aud must be one value",
            f"{FAILED} | client_assertion: aud must be one text, not a list",
        ),
        _("aud of the assertion is not this server alone."),
        (_("Write the issuer as discovery has it, as one text."),),
        (rfc(7523, "3"), of("FAPI 2.0 Security Profile", "5.3.2.1")),
        ("client_assertion",),
    ),
    Case(
        "assertion-issuer",
        (
            f"{FAILED} | client_assertion: iss and sub must be the client_id",
            f"{FAILED} | client_assertion: sub is no text",
        ),
        _("iss and sub of the assertion must both be the client_id."),
        (_("Write the client_id into both."),),
        (rfc(7523, "3"), core("9")),
        ("client_assertion",),
    ),
    Case(
        "assertion-dates",
        (
            f"{FAILED} | client_assertion: exp is missing or past",
            f"{FAILED} | client_assertion: exp is more than * seconds away",
            f"{FAILED} | client_assertion: iat or nbf lies in the future",
            f"{FAILED} | client_assertion: * is no date",
        ),
        _("The times in the assertion do not fit the present."),
        (
            _("Set your server's clock by NTP."),
            _(
                "Make an assertion for each request, with exp a minute or a few later, in seconds, not "
                "milliseconds."
            ),
        ),
        (rfc(7523, "3"), rfc(7519, "4.1.4")),
        ("client_assertion",),
    ),
    Case(
        "assertion-reused",
        (
            f"{FAILED} | client_assertion: the assertion was used before",
            f"{FAILED} | client_assertion: jti is missing or too long",
        ),
        _("Each assertion is good once: its jti was used before, or is missing."),
        (_("Make a new assertion with a new random jti for each request, for one that is tried again too."),),
        (rfc(7523, "3"), core("9")),
        ("client_assertion",),
    ),
    Case(
        "assertion-misshapen",
        (f"{FAILED} | client_assertion: *",),
        _("The assertion is no JWT that can be read."),
        (_("Send a signed JWT in compact form, with typ JWT or none."),),
        (rfc(7523, "3"), rfc(7515, "3.1")),
        ("client_assertion",),
    ),
    Case(
        "certificate",
        (f"{FAILED} | client certificate: *", "The client has registered that it calls with a certificate."),
        _("The certificate of the connection is not the one that the app registered, or there was none."),
        (
            _("Call the addresses of mtls_endpoint_aliases with the app's certificate and its key."),
            _("After a renewal, register the new subject or publish the new certificate as x5c first."),
        ),
        (rfc(8705, "2"), rfc(8705, "3")),
        ("client_id",),
        "tls_client_auth_subject_dn",
    ),
    Case(
        "blocked-address",
        (
            "Requests from this address are not taken at the moment.",
            "Too many requests from this address in an hour.",
        ),
        _("The security staff or a limit holds off this network at the moment."),
        (_("Try from another network, or later; if it goes on, ask the operator with the reference."),),
        (of("Yitong", ""),),
    ),
)
