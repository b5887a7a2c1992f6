"""Requests that are signed, fetched or pushed."""

from idp.doctor.case import Case
from idp.doctor.specifications import of, rfc
from idp.locales import gettext_noop as _

OBJECT = "The request object is not valid."
CASES = (
    Case(
        "must-push",
        ("The client has to push its requests (RFC 9126).",),
        _("The app is registered to push its requests, and this one came through the browser."),
        (
            _(
                "Post the parameters to /oauth2/par, and send the browser with client_id and request_uri "
                "alone."
            ),
            _("Or register that the app need not push."),
        ),
        (rfc(9126, "4"),),
        ("request_uri",),
        "require_pushed_authorization_requests",
    ),
    Case(
        "must-sign",
        ("The client has to sign its requests (RFC 9101).",),
        _("The app is registered to sign its requests, and this one is not signed."),
        (_("Put the parameters into a request object, signed with a key of the app's."),),
        (rfc(9101, "10.5"),),
        ("request",),
        "require_signed_request_object",
    ),
    Case(
        "request-and-request-uri",
        ("request and request_uri do not go together, and come once.",),
        _("request and request_uri exclude each other."),
        (_("Send one of the two, once."),),
        (rfc(9101, "5"),),
        ("request", "request_uri"),
    ),
    Case(
        "pushed-expired",
        ("The request_uri has expired, was used, or is another client's. | expired",),
        _("What was pushed had expired when the browser came."),
        (_("Push when the person presses the button, not when your page is made."),),
        (rfc(9126, "2.2"),),
        ("request_uri",),
    ),
    Case(
        "pushed-used",
        ("The request_uri has expired, was used, or is another client's. | used before",),
        _("What was pushed has been answered before: a request_uri is good for one sign-in."),
        (_("Push again for each sign-in. A page that is loaded again needs a new one."),),
        (rfc(9126, "4"),),
        ("request_uri",),
    ),
    Case(
        "pushed-by-another",
        ("The request_uri has expired, was used, or is another client's. | pushed by another client",),
        _("Another app has pushed this request."),
        (_("Send the client_id of the app that pushed."),),
        (rfc(9126, "2.2"),),
        ("request_uri", "client_id"),
    ),
    Case(
        "request-uri-pushed",
        ("A request_uri cannot be pushed.",),
        _("request_uri cannot itself be pushed."),
        (_("Push the parameters, or the request object."),),
        (rfc(9126, "2.1"),),
        ("request_uri",),
    ),
    Case(
        "request-uri-not-registered",
        ("The request_uri is not registered for this client.",),
        _("We fetch request objects from registered addresses alone."),
        (_("Register the address, or push the request instead."),),
        (rfc(9101, "10.4.1"),),
        ("request_uri",),
        "request_uris",
    ),
    Case(
        "request-uri-not-fetched",
        (
            "The fragment of the request_uri is not a SHA-256 digest.",
            "What lies behind the request_uri is not what its fragment says.",
            "The request_uri was fetched too often; try again in a minute.",
            "The request_uri cannot be fetched now.",
            "The request_uri cannot be fetched.",
            "The request_uri does not answer with a request object.",
            "The request_uri must answer with *",
        ),
        _("The request object behind request_uri could not be had."),
        (
            _(
                "Your server has to answer us within seconds, over https, with the status 200 and the "
                "media type of a request object."
            ),
            _("A pushed request needs no address of yours: it fails less."),
        ),
        (rfc(9101, "5.2"),),
        ("request_uri",),
        "request_uris",
    ),
    Case(
        "request-object-key",
        (
            f"{OBJECT} | no key fits kid and algorithm",
            f"{OBJECT} | several keys fit: kid is needed",
            f"{OBJECT} | the client has no registered keys",
            f"{OBJECT} | the client's jwks_uri gives no usable keys",
            f"{OBJECT} | kid is no text",
        ),
        _("The key that the request object names is not among the app's keys."),
        (
            _("Publish the key before you sign with it, and name it by kid in the header."),
            _("Check that jwks_uri answers from outside, with JSON of public keys."),
        ),
        (rfc(7515, "4.1.4"), rfc(7517, "4.5")),
        ("request",),
        "jwks",
    ),
    Case(
        "request-object-signature",
        (f"{OBJECT} | the signature does not hold *",),
        _("The signature of the request object does not hold."),
        (
            _(
                "Sign with the private key that belongs to the registered one: often a test's key is "
                "left over."
            ),
        ),
        (rfc(9101, "6.2"), rfc(7515, "5.2")),
        ("request",),
        "jwks",
    ),
    Case(
        "request-object-algorithm",
        (f"{OBJECT} | signed with an algorithm that is not registered for it",),
        _("The request object is signed with an algorithm that the app may not use."),
        (_("Sign with an algorithm of the app's profile; never with none."),),
        (rfc(9101, "10.1"), rfc(8725, "3.1")),
        ("request",),
        "request_object_signing_alg",
    ),
    Case(
        "request-object-dates",
        (
            f"{OBJECT} | it has expired",
            f"{OBJECT} | nbf lies in the future",
            f"{OBJECT} | it is good for more than an hour",
            f"{OBJECT} | exp and nbf are needed",
            f"{OBJECT} | * is no date",
        ),
        _("The times in the request object do not fit the present."),
        (
            _("Set your server's clock by NTP."),
            _(
                "Make the request object when it is needed, with nbf of now and exp a few minutes later, "
                "in seconds."
            ),
        ),
        (rfc(7519, "4.1.4"), of("FAPI 2.0 Security Profile", "5.3.2.1")),
        ("request",),
    ),
    Case(
        "request-object-audience",
        (f"{OBJECT} | aud must be this server",),
        _("aud of the request object must be this provider's issuer."),
        (_("Write the issuer as discovery has it, without a slash at the end."),),
        (rfc(9101, "4"),),
        ("request",),
    ),
    Case(
        "request-object-issuer",
        (f"{OBJECT} | iss must be the client_id", f"{OBJECT} | client_id differs"),
        _("iss and client_id of the request object must be the app's client_id."),
        (_("Write client_id and iss into the object as they are registered."),),
        (rfc(9101, "4"),),
        ("request",),
    ),
    Case(
        "request-object-content",
        (f"{OBJECT} | *",),
        _("The request object is not formed as a request object is."),
        (
            _(
                "It is a signed JWT of parameters: no request or request_uri in it, and sub is not the "
                "client_id."
            ),
        ),
        (rfc(9101, "4"), rfc(9101, "10.8")),
        ("request",),
    ),
)
