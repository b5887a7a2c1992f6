"""The messages of the rules (`metadata` and its fields) in words, and the change that mends each.

A message is what an operator's command line and RFC 7591 clients read, in English; found here by its pattern.
A test holds that every rule there is has its words.
"""

import re
from collections.abc import Mapping

from idp.locales import gettext_noop as _
from idp.oidc.clients.explaining.problems import Words

RULES: tuple[tuple[str, Words], ...] = (
    (
        r"not offered; one of (?P<offered>.+)",
        Words(_("That is not offered."), _("Choose one of: %(offered)s")),
    ),
    (
        r"looks like the number of a person or an organisation",
        Words(_("It looks like the number of a person or an organisation."), _("Choose another one.")),
    ),
    (r"looks like the sub of a person", Words(_("It looks like a person's sub."), _("Choose another one."))),
    (
        r"letters, digits and single - or _ between them",
        Words(_("It is no code."), _("Letters and digits, with single - or _ between them.")),
    ),
    (
        r"client_credentials is for confidential clients",
        Words(
            _("An app without a secret or key cannot get tokens in its own name."),
            _("Choose how the app proves itself, or take away client_credentials."),
        ),
    ),
    (
        r"a scope with a colon needs the grant type client_credentials",
        Words(
            _("A scope with a colon is for what an app does for itself."),
            _("Add the grant type client_credentials, or take the scope away."),
        ),
    ),
    (
        r"offline_access needs the grant type refresh_token",
        Words(
            _("offline_access stands for a refresh token, which the app is not registered for."),
            _("Add the grant type refresh_token, or take offline_access away."),
        ),
    ),
    (
        r"goes with the grant type of CIBA",
        Words(
            _("Sign-ins by the back channel need both the grant type (CIBA) and a way of delivery."),
            _("Set both or neither."),
        ),
    ),
    (r"only code is offered", Words(_("Only code is offered."), _("Choose code, or none."))),
    (
        r"the grant type authorization_code needs one",
        Words(_("People who sign in have to come back somewhere."), _("Give at least one redirect URI.")),
    ),
    (
        r"the grant type authorization_code needs code",
        Words(_("The authorization code flow needs the response type code."), _("Choose code.")),
    ),
    (
        r"needs \S+_alg",
        Words(
            _("The encryption of the content means nothing without that of the key."),
            _("Set both or neither."),
        ),
    ),
    (
        r"what is to be encrypted needs jwks or jwks_uri",
        Words(
            _("We can only encrypt to a public key of your app, and it has none."),
            _("Add a key under “Secrets and keys” first."),
        ),
    ),
    (
        r"who signs needs jwks or jwks_uri",
        Words(
            _("An app that signs, or has a certificate of its own, needs a public key here."),
            _("Add a key under “Secrets and keys” first."),
        ),
    ),
    (r"not together with jwks_uri", Words(_("Keys are pasted or read from an address."), _("Keep one."))),
    (
        r"keys: a private key must never be given away",
        Words(
            _("This is a private key. Whoever has it can pass for your app."),
            _("Make a new pair, and give the public half alone."),
        ),
    ),
    (
        r"keys: (?P<why>.+)|No key .*|(?P<why2>.*key.*) fits?.*",
        Words(
            _("These keys cannot be used."),
            _("A JWK Set of 1 to 20 public keys: RSA of 2048 bits or more, P-256, or Ed25519."),
        ),
    ),
    (
        r"is missing",
        Words(_("Sign-ins by the back channel need a way of delivery."), _("Choose poll, ping or push.")),
    ),
    (
        r"(?:\S+ )?is for confidential clients",
        Words(
            _("This is for apps that prove themselves."),
            _("Choose how the app proves itself (a secret, a key, a certificate), or take this away."),
        ),
    ),
    (
        r"the profile (?P<profile>\S+) (?:needs it|cannot do without it)",
        Words(_("The profile %(profile)s cannot do without it."), _("Set it, or choose another profile.")),
    ),
    (
        r"goes with the modes ping and push",
        Words(
            _("An address for answers goes with the ways ping and push, and they with it."),
            _("Set both or neither."),
        ),
    ),
    (r"needs https", Words(_("A token goes there, so it needs https."), _("Give an https address."))),
    (
        r"the profile (?P<profile>\S+) has no push",
        Words(_("The profile %(profile)s has no push."), _("Choose poll or ping.")),
    ),
    (
        r"pushed tokens cannot be bound to a key",
        Words(_("Tokens that are pushed cannot be bound to a key."), _("Choose poll or ping.")),
    ),
    (r"names of types, each once", Words(_("Types are codes, each once."), _("Look for a typing mistake."))),
    (
        r"the device grant is not in the profile (?P<profile>\S+)",
        Words(
            _("The profile %(profile)s has no sign-in on devices."),
            _("Choose the profile oauth21, or take the grant type away."),
        ),
    ),
    (
        r"\S+ is not in the profile (?P<profile>\S+)|not in the profile (?P<profile2>\S+)",
        Words(
            _("The profile does not allow it: it asks for more than this."),
            _("Choose a stronger way, or another profile."),
        ),
    ),
    (r"of [\w ]+", Words(_("One of these scopes is unknown."), _("Take it away."))),
    (
        r"rules go with the grant type token-exchange, and it with rules|one rule for each subject_client",
        Words(_("Rules of token exchange and its grant type go together."), _("Ask the operator.")),
    ),
    (
        r"has none of (?P<names>.+) of its own",
        Words(_("We add these parameters: %(names)s."), _("Take them out of the address.")),
    ),
    (
        r"\w+ has HS256",
        Words(_("client_secret_jwt is made with HS256."), _("Choose HS256, or leave it empty.")),
    ),
    (
        r"an algorithm is not in the profile (?P<profile>[^:]+): (?P<allowed>.+)",
        Words(_("The profile %(profile)s does not allow this algorithm."), _("Choose one of: %(allowed)s")),
    ),
    (
        r"needs (?P<needed>\w+_logout_uri)",
        Words(_("It means nothing without the address."), _("Give the address, or take this away.")),
    ),
    (
        r"not of the origin of a redirect_uri",
        Words(
            _("A front-channel logout URI is at the same scheme, host and port as a redirect URI."),
            _("Use the host of a redirect URI, or register one there."),
        ),
    ),
    (
        r"one or more of citizen, business and agent, each once",
        Words(_("Somebody has to be able to come."), _("Choose at least one.")),
    ),
    (
        r"organisation is for who accepts more than citizens.*",
        Words(
            _("The scope organisation tells for which organisation somebody acts, and here nobody may."),
            _("Let businesses or agents come, or take the scope away."),
        ),
    ),
    (
        r"not the host of sector_identifier_uri",
        Words(_("The sector is the host of sector_identifier_uri."), _("Take the address away.")),
    ),
    (r"each is one word", Words(_("One value has blanks or is too long."), _("One a line."))),
    (
        r"none of them is in the profile (?P<profile>\S+)",
        Words(
            _("The profile %(profile)s signs its answers: only the modes with jwt are in it."),
            _("Choose one with jwt, or none."),
        ),
    ),
    (
        r"a public client cannot do without it",
        Words(
            _("An app without a secret or key cannot do without PKCE (RFC 9700 section 2.1.1)."),
            _("Leave it on."),
        ),
    ),
    (
        r"the fragment is not the base64url of a SHA-256 digest",
        Words(
            _("After # stands the SHA-256 of what lies there, in base64url."),
            _("Take it away, or write the digest."),
        ),
    ),
    (
        r"unknown scope: (?P<unknown>.+)",
        Words(_("These scopes are unknown: %(unknown)s"), _("Take them away; one of your own has a colon.")),
    ),
    (
        r"must be part of scope, and cannot be openid",
        Words(
            _("What people may leave out has to be among the scopes, and is never openid."),
            _("Add it to the scopes, or take it away here."),
        ),
    ),
    (
        r"(?P<most>\d+) with a colon at most",
        Words(_("An app has %(most)s scopes of its own at most."), _("Take some away.")),
    ),
    (
        r"goes with one name of its certificate.*",
        Words(
            _("tls_client_auth goes with exactly one name of the certificate, and a name with it."),
            _("Give one, and take the others away."),
        ),
    ),
    (r"(?P<most>\d+) at most, each once", Words(_("%(most)s at most, each once."), _("Take some away."))),
    # What pydantic says of a value's shape.
    (r"Field required", Words(_("It is needed."), _("Fill it in."))),
    (
        r"(?:String|List|Tuple|Value) should have at most (?P<most>\d+) .*",
        Words(_("It is too long: %(most)s at most."), _("Make it shorter.")),
    ),
    (r"(?:String|List|Tuple) should have at least .*", Words(_("It is empty."), _("Fill it in."))),
    (
        r"Input should be (?:greater|less) than .*",
        Words(_("The number is out of bounds."), _("Look at what the field says.")),
    ),
    (
        r"Input should be a valid integer.*|unable to parse .*",
        Words(_("It is no whole number."), _("Digits alone.")),
    ),
    (
        r"String should match pattern .*",
        Words(_("It has characters that it must not have."), _("Compare it with the examples.")),
    ),
    (
        r"Input should be '(?P<one>[^']+)'.*|Input should be False|Extra inputs are not permitted",
        Words(_("That is not offered."), _("Choose one of those that are.")),
    ),
    (
        r"Input should be a valid (?P<shape>.+)",
        Words(_("It has another shape than this field."), _("Look at what the field says.")),
    ),
)
COMPILED = tuple((re.compile(pattern), words) for pattern, words in RULES)
ANYTHING_ELSE = Words(_("It cannot be registered so: %(why)s"), _("Compare it with what the field says."))
WHY_CHARACTERS_AT_MOST = 300


def words_of(message: str) -> tuple[Words, Mapping[str, str]]:
    """Those of a rule's message, and their values. What has none is quoted."""
    for pattern, words in COMPILED:
        if found := pattern.fullmatch(message):
            return words, {name: value for name, value in found.groupdict().items() if value is not None}
    return ANYTHING_ELSE, {"why": message[:WHY_CHARACTERS_AT_MOST]}
