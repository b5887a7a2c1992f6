"""How things fail, as a portal has to tell them apart: each is another page.

All of them are `RelyingPartyError`, and each has `advice`: what a developer looks at first. Neither their
texts nor their fields hold a token, a secret or anything of a person.
"""

from typing import ClassVar

PROVIDER_SAYS = {
    "invalid_client": (
        "The provider did not take how this client proves itself: compare client_id, secret or key, and the "
        "registered token_endpoint_auth_method (a secret goes by client_secret_basic, a key signs a "
        "private_key_jwt)."
    ),
    "invalid_grant": (
        "The code or refresh token is too old, was used before, or was issued to another client or "
        "redirect_uri. Begin a new sign-in; should it happen always, compare the redirect_uri character by "
        "character."
    ),
    "invalid_request": "The provider misses or does not understand a parameter; its description says which.",
    "invalid_scope": "The scope is not in the client's registration, or openid is missing.",
    "unauthorized_client": "The client's registration does not allow this grant.",
    "unmet_authentication_requirements": "This person cannot reach the level that was asked for here.",
    "login_required": "Nobody is signed in at the provider, and the request forbade to ask (prompt=none).",
    "interaction_required": "The person has to be asked something, and the request forbade it (prompt=none).",
    "temporarily_unavailable": "The provider is away or overloaded. Offer to try again in a moment.",
    "server_error": (
        "What came from the issuer's address is not a provider's answer: is it the right issuer, or a "
        "gateway's page?"
    ),
    "invalid_state": (
        "Usually harmless: the back button, a page opened twice, too many tabs. Should it happen always, the "
        "session's cookie does not come back: another host name than the redirect_uri's, SameSite=Strict, or "
        "Secure without https."
    ),
    "invalid_issuer": "Compare the configured issuer with the provider's metadata, character by character.",
    "invalid_token": (
        "The id_token failed a check, which the description names. Compare the client_id, the registered "
        "id_token_signed_response_alg and this machine's clock."
    ),
    "use_dpop_nonce": "The provider did not take the nonce that it asked for: is there a proxy between?",
    "invalid_dpop_proof": (
        "Compare this machine's clock, and the addresses as the provider sees them (a proxy that rewrites?)."
    ),
}
"""Error code -> advice. Codes of RFC 6749, OpenID Connect Core 1.0 and RFC 9449, and ours for answers that
fail a check."""


class RelyingPartyError(Exception):
    """Everything that this package raises by itself, but ValueError for a wrong configuration."""

    ADVICE: ClassVar[str] = ""

    @property
    def advice(self) -> str:
        """What to look at first, for a developer."""
        return self.ADVICE


class SignInRefused(RelyingPartyError):
    """The sign-in did not happen; `error` is the OAuth error code, or one of ours.

    `description` is for people who look for the cause: the provider's words with their reference, or
    which check failed. It holds nothing of the person and no token.
    """

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(description or error)
        self.error = error
        self.description = description

    @property
    def advice(self) -> str:
        return PROVIDER_SAYS.get(self.error) or (
            "Look the reference of the description up at the provider (idp explain REFERENCE), if it has one."
        )


class Cancelled(SignInRefused):
    """The person said no on the provider's page."""

    @property
    def advice(self) -> str:
        return "No fault: the person said no. Offer another way in, and do not begin again by yourself."


class NotStartedHere(SignInRefused):
    """The answer belongs to no sign-in that this browser has under way.

    The back button, a page opened twice, a browser that keeps no cookies, more tabs than are
    remembered; or someone who slips an answer of their own to another person (RFC 9700 section 4.7).
    """


class AnswerRejected(SignInRefused):
    """The answer failed a check: it is not of our provider, not for us, or not of this sign-in."""


class ProviderUnreachable(SignInRefused):
    """No answer, or none that can be read. The person did nothing wrong and may try again."""


class Busy(ProviderUnreachable):
    """The provider asks this client to wait: what it may ask in a while is used up (RFC 6585 section 4)."""

    def __init__(self, retry_after: int | None = None) -> None:
        """`retry_after`: seconds, where the provider says how long (RFC 9110 section 10.2.3)."""
        super().__init__("temporarily_unavailable", "The provider asks to wait.")
        self.retry_after = retry_after

    @property
    def advice(self) -> str:
        return (
            "Ask no more before retry_after is over, and ask less: keep tokens as long as they live, do not "
            "introspect each one anew. The app's page of usage at the provider shows what was asked."
        )


class LogoutRefused(RelyingPartyError):
    """A notice that a session is over failed a check. Says which, in words for a developer."""

    ADVICE = (
        "Answer with 400. If the provider sent it: compare issuer, client_id, id_token_signed_response_alg "
        "and clock, and do not send one notice to two processes that remember jti values apart."
    )


class NotSignedIn(RelyingPartyError):
    """There is no token that counts any more: nobody is signed in, or the grant has ended."""

    ADVICE = "Begin a new sign-in. For access that outlasts the session, ask for the scope offline_access."


class StoreBroken(RelyingPartyError):
    """The store holds what this package did not put there."""

    ADVICE = (
        "Give each client a table or a key prefix of its own, and write to it through this package alone."
    )


class NotCovered(RelyingPartyError):
    """The sign-in is real, but not for this: another matter, or a mandate that is over."""

    ADVICE = "Offer to choose anew for whom the person acts: a sign-in with choose=True, or with this matter."
