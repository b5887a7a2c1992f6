"""How a sign-in can fail, as a portal has to tell it apart: each is another page."""


class SignInRefused(Exception):
    """The sign-in did not happen; `error` is the OAuth error code, or one of ours.

    `description` is for people who look for the cause: the provider's words with their reference, or
    which check failed. It holds nothing of the person and no token.
    """

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(description or error)
        self.error = error
        self.description = description


class Cancelled(SignInRefused):
    """The person said no on the provider's page."""


class NotStartedHere(SignInRefused):
    """The answer belongs to no sign-in that this browser has under way.

    The back button, a page opened twice, a browser that keeps no cookies, more tabs than are
    remembered; or someone who slips an answer of their own to another person (RFC 9700 section 4.7).
    """


class AnswerRejected(SignInRefused):
    """The answer failed a check: it is not of our provider, not for us, or not of this sign-in."""


class LogoutRefused(Exception):
    """A notice that a session is over failed a check. Says which, in words for a developer."""


class ProviderUnreachable(SignInRefused):
    """No answer, or none that can be read. The person did nothing wrong and may try again."""
