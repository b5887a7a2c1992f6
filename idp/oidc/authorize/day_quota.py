"""The sandbox's sign-ins of a day: counted where a client is given a person, and said in words to act on."""

from idp.oidc.allowing import SIGN_INS
from idp.oidc.authorize.deciding import Ending, context_of
from idp.oidc.errors import ProtocolError, TooManyRequests
from idp.oidc.provider import Provider

NAME = "authorize"


def refusal(provider: Provider, ending: Ending) -> ProtocolError | None:
    """Counts one sign-in; the error when the client may have none today. No quota: nothing is counted.

    `temporarily_unavailable` of RFC 6749 section 4.1.2.1: the app may try again, tomorrow.
    """
    spent = provider.allowances.of_a_day(SIGN_INS, ending.client, ending.now)
    if spent is None or spent.is_allowed:
        return None
    provider.allowances.tell(ending.client, SIGN_INS, spent, NAME, context_of(provider, ending))
    return TooManyRequests(
        "The sign-ins that this app may have in a day are used up; they begin anew at midnight in China."
    )
