"""The sandbox's sign-ins of a day: counted where a client is given a person, and said in words to act on."""

from idp.oidc.allowing import SIGN_INS
from idp.oidc.authorize.deciding import Ending, context_of
from idp.oidc.errors import TooManyRequests
from idp.oidc.provider import Provider

NAME = "authorize"


def count(provider: Provider, ending: Ending) -> None:
    """One sign-in more. Raises TooManyRequests when the client may have none today: `temporarily_unavailable`
    of RFC 6749 section 4.1.2.1, the app may try again tomorrow. Without a quota nothing is counted."""
    spent = provider.allowances.of_a_day(SIGN_INS, ending.client, ending.now)
    if spent is None or spent.is_allowed:
        return
    provider.allowances.tell(ending.client, SIGN_INS, spent, NAME, context_of(provider, ending))
    raise TooManyRequests(
        "The sign-ins that this app may have in a day are used up; they begin anew at midnight in China."
    )
