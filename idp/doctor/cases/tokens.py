"""Codes, grants and tokens: what is exchanged, bound and used."""

from idp.doctor.case import Case
from idp.doctor.cases.using import ENDED, REFRESH
from idp.doctor.specifications import of, rfc
from idp.locales import gettext_noop as _

CASES = (
    Case(
        "grant-type-missing",
        ("grant_type is missing.", "This grant_type is not supported."),
        _("grant_type is missing, or is one that does not exist here."),
        (_("Send grant_type=authorization_code with a code; discovery lists the others."),),
        (rfc(6749, "4.1.3"), rfc(6749, "5.2")),
        ("grant_type",),
    ),
    Case(
        "token-parameter-missing",
        (
            "code is missing.",
            "refresh_token is missing.",
            "device_code is missing.",
            "auth_req_id is missing.",
            "assertion is missing.",
            "token is missing.",
            "subject_token is missing.",
        ),
        _("The parameter that this grant or endpoint is about did not come."),
        (_("Send it in the form of the POST, not in the address and not as JSON."),),
        (rfc(6749, "4.1.3"), rfc(7009, "2.1")),
        ("code", "refresh_token", "device_code", "auth_req_id", "assertion", "token", "subject_token"),
    ),
    Case(
        "code-expired",
        ("The code is not valid. | expired",),
        _("The code had expired: it is good for a minute."),
        (
            _("Exchange the code at once when your callback is called, before anything else."),
            _("A page that waits for the person, a queue or a slow start in between is too long."),
        ),
        (rfc(6749, "4.1.2"),),
        ("code",),
    ),
    Case(
        "code-replayed",
        ("The code is not valid. | replayed*", f"{ENDED} | replayed while it was redeemed"),
        _("The code was used before, so everything that it had given was ended."),
        (
            _(
                "Exchange each code once. A callback page that is loaded again, a link preview and a "
                "second server all send it twice: remember by state that it was answered."
            ),
            _("If your app did not do it, somebody else has seen the code: look at logs and referrers."),
        ),
        (rfc(6749, "4.1.2"), rfc(9700, "4.5")),
        ("code",),
    ),
    Case(
        "code-unknown",
        ("The code is not valid. | unknown, expired or used",),
        _("No such code is known: it is long over, was used and ended, or was cut off."),
        (
            _("Send the code as it came in the address, decoded once."),
            _("Sandbox and production are apart: a code of one is unknown to the other."),
        ),
        (rfc(6749, "4.1.2"), rfc(6749, "5.2")),
        ("code",),
    ),
    Case(
        "code-of-another",
        ("The code is not valid. | issued to another client",),
        _("The code was issued to another app. It is spent now."),
        (
            _(
                "Use the same client_id at both endpoints. Where several apps share a callback, keep "
                "them apart by state."
            ),
        ),
        (rfc(6749, "4.1.3"), rfc(9700, "4.5")),
        ("client_id", "code"),
    ),
    Case(
        "redirect-uri-differs",
        ("redirect_uri differs from the authorization request.",),
        _("redirect_uri at the token endpoint must be the one of the authorization request."),
        (
            _(
                "Keep the address that you sent with state, and send the very same; behind a proxy, do "
                "not make it of the request."
            ),
        ),
        (rfc(6749, "4.1.3"),),
        ("redirect_uri",),
    ),
    Case(
        "verifier-misshapen",
        ("code_verifier is missing or malformed.",),
        _("code_verifier must be 43 to 128 characters of A-Z, a-z, 0-9, and - . _ ~"),
        (
            _(
                "Make 32 random bytes and write them in base64url: 43 characters. Keep them with state "
                "until the token request."
            ),
        ),
        (rfc(7636, "4.1"), rfc(7636, "4.5")),
        ("code_verifier",),
    ),
    Case(
        "verifier-mismatch",
        ("code_verifier does not match code_challenge.",),
        _("The digest of code_verifier is not the code_challenge of this sign-in."),
        (
            _(
                "Keep one verifier for each sign-in, by state: two tabs overwrite one that lies in the "
                "session."
            ),
            _("code_challenge is base64url(SHA-256(code_verifier)); what you keep and send is the verifier."),
        ),
        (rfc(7636, "4.6"),),
        ("code_verifier",),
    ),
    Case(
        "verifier-unasked",
        ("code_verifier without code_challenge. | downgrade",),
        _("A verifier came, and the authorization request had no challenge: somebody may have taken it out."),
        (_("Send code_challenge with each authorization request; do not mix requests with and without."),),
        (rfc(9700, "4.8.2"),),
        ("code_verifier",),
    ),
    Case(
        "code-other-key",
        ("The code is bound to another DPoP key.", "dpop_jkt is not the key of the DPoP proof."),
        _("The DPoP key is another than the one that was announced with dpop_jkt."),
        (_("Use one key from the authorization request to the token request."),),
        (rfc(9449, "10"),),
        ("dpop",),
    ),
    Case(
        "refresh-reused",
        (f"{REFRESH} | used before: its grant was ended",),
        _("An old refresh token came again after its successor was used, so the whole grant was ended."),
        (
            _(
                "Keep the refresh token of each answer in the place of the old one, in one step, before "
                "you use it."
            ),
            _("Let one process refresh at a time: two that do it together look like a thief."),
        ),
        (rfc(9700, "4.14.2"), rfc(6749, "6")),
        ("refresh_token",),
    ),
    Case(
        "refresh-of-another",
        (f"{REFRESH} | issued to another client",),
        _("The refresh token was issued to another app."),
        (_("Keep the tokens of each app apart."),),
        (rfc(6749, "6"),),
        ("refresh_token", "client_id"),
    ),
    Case(
        "refresh-unknown",
        (f"{REFRESH} | not one of ours",),
        _("This is no refresh token of ours: it was cut off, decoded, or is another kind of token."),
        (_("Send refresh_token exactly as it came, and not the access token or the id_token."),),
        (rfc(6749, "6"),),
        ("refresh_token",),
    ),
    Case(
        "refresh-other-key",
        (f"{REFRESH} | bound to another key",),
        _("The token is bound to a key or a certificate, and another was shown."),
        (_("Keep the key as long as the tokens. A key that is made anew at each start loses them all."),),
        (rfc(9449, "5"), rfc(8705, "3")),
        ("dpop", "refresh_token"),
    ),
    Case(
        "scope-beyond",
        (
            "The scope goes beyond what was granted.",
            "The client has no such scope of its own; what concerns a person needs that person.",
            "The scope goes beyond what * can give.",
        ),
        _("The scope is more than what was granted, or than what the app has of its own."),
        (_("Leave scope out to get all there is, or name fewer. For more, ask the person anew."),),
        (rfc(6749, "6"), rfc(6749, "3.3")),
        ("scope",),
        "scope",
    ),
    Case(
        "public-client-grant",
        (
            "A public client has no credentials.",
            "A public client exchanges no tokens.",
            "A public client is vouched for by nobody.",
            "The client has registered that its tokens are pushed.",
        ),
        _("This grant is not for an app of this kind."),
        (
            _(
                "It takes an app that proves who it is: register one with keys or a secret that runs on "
                "a server."
            ),
        ),
        (rfc(6749, "4.4"),),
        ("grant_type",),
        "token_endpoint_auth_method",
    ),
    Case(
        "revocation-of-another",
        ("The token was issued to another client.",),
        _("An app can only revoke its own tokens."),
        (_("Revoke as the app that got the token."),),
        (rfc(7009, "2.1"),),
        ("token",),
    ),
    Case(
        "polling",
        (
            "What was asked for is not known*",
            "Nobody answered in time, or the answer was not fetched.",
        ),
        _("The device_code or auth_req_id is not known, is over, or belongs to another app."),
        (
            _(
                "Poll with the one of the last answer until expires_in is over, then begin anew; fetch "
                "the answer once."
            ),
        ),
        (rfc(8628, "3.5"), of("CIBA Core 1.0", "11")),
        ("device_code", "auth_req_id"),
    ),
    Case(
        "backchannel-request",
        (
            "Exactly one of login_hint and id_token_hint is needed.",
            "login_hint_token is not supported*",
            "client_notification_token is *",
            "requested_expiry is not a positive number of seconds.",
            "login_hint is not the sub of a person.",
            "The profile of the client needs a binding_message.",
            "binding_message cannot be shown.",
            "The client has registered that it signs its requests.",
            "The client has not registered that it signs its requests.",
            "Parameters stand beside the signed request.",
            "The signed request is not valid.",
        ),
        _("The request by the back channel is not formed as CIBA has it."),
        (
            _(
                "Send openid in scope, exactly one hint at the person, and what the app's delivery mode "
                "and profile need."
            ),
        ),
        (of("CIBA Core 1.0", "7.1"), of("CIBA Core 1.0", "7.1.1")),
        (
            "login_hint",
            "id_token_hint",
            "client_notification_token",
            "requested_expiry",
            "binding_message",
            "request",
        ),
        "backchannel_token_delivery_mode",
    ),
    Case(
        "exchange",
        (
            "Only access tokens are issued in exchange.",
            "Only access tokens are taken as *",
            "* go together.",
            "The subject_token is not valid*",
            "The actor_token is not valid*",
            "The * is not valid, or not for this client to exchange.",
            "The subject_token was exchanged by this client before.",
            "* clients at most exchange a token one after another.",
            "A bound token is exchanged for a bound one alone*",
            "There is no token for this target.",
            "There is no such token for this resource.",
            "resource or audience is missing: where is the token to be used?",
            "* targets at most.",
            "A token is good for the resources of one server.",
            "The target needs a higher level than the subject_token tells of.",
            "The resource needs a level that no assertion reaches.",
            "The resource is for people who act for somebody else.",
        ),
        _("The token cannot be exchanged by this app, for this target, now."),
        (
            _(
                "Exchange an access token that was issued to be used at your app, while it is good, for "
                "a target that a rule of your registration names."
            ),
            _("The words after the error code say which of these it was."),
        ),
        (rfc(8693, "2.1"), rfc(8693, "2.2.2")),
        ("subject_token", "resource", "audience"),
        "token_exchange",
    ),
    Case(
        "vouching",
        ("The assertion is not valid. | *",),
        _("The assertion of another issuer is not taken for this person and this app."),
        (
            _(
                "iss has to be an issuer that is trusted for this app, aud this server, sub the person's "
                "sub at this app, and the person must have left something open."
            ),
        ),
        (rfc(7523, "3"),),
        ("assertion",),
    ),
)
