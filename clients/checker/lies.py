"""What a provider can be told to say that is not right, one thing at a time.

The sandbox has names of its own for them (`sandbox.OUTCOMES`).
"""

from enum import StrEnum


class Lie(StrEnum):
    """In answers through the browser, and of the token and the userinfo endpoint."""

    WRONG_STATE = "wrong_state"
    NO_STATE = "no_state"
    WRONG_ANSWER_ISS = "wrong_answer_iss"
    NO_ANSWER_ISS = "no_answer_iss"

    UNSIGNED = "unsigned"
    BAD_SIGNATURE = "bad_signature"
    OTHER_KEY = "other_key"
    """A key that is not the provider's, under the `kid` of one that is."""
    MAC_WITH_PUBLIC_KEY = "mac_with_public_key"
    MAC_WITH_CLIENT_SECRET = "mac_with_client_secret"  # noqa: S105
    EXPIRED = "expired"
    FROM_THE_FUTURE = "from_the_future"
    WRONG_ISS = "wrong_iss"
    WRONG_AUD = "wrong_aud"
    EXTRA_AUD = "extra_aud"
    """Somebody besides the application, whom it has no reason to trust."""
    WRONG_NONCE = "wrong_nonce"
    NO_NONCE = "no_nonce"
    LOWER_ACR = "lower_acr"
    WRONG_AT_HASH = "wrong_at_hash"
    OTHER_SUB_AT_USERINFO = "other_sub_at_userinfo"
    TOKEN_ENDPOINT_DOWN = "token_endpoint_down"  # noqa: S105
    TOKEN_ENDPOINT_NONSENSE = "token_endpoint_nonsense"  # noqa: S105


class LogoutLie(StrEnum):
    """In a logout token. `NONE`: there is no lie in it."""

    NONE = "none"
    SUB_ALONE = "sub_alone"
    """Right, too: it ends whatever that person has (Back-Channel Logout 1.0 section 2.4)."""
    REPLAYED = "replayed"
    """The very token that was sent before."""
    BAD_SIGNATURE = "bad_signature"
    UNSIGNED = "unsigned"
    EXPIRED = "expired"
    WRONG_ISS = "wrong_iss"
    WRONG_AUD = "wrong_aud"
    WITH_NONCE = "with_nonce"
    NO_EVENTS = "no_events"
