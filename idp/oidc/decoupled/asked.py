"""What a client asks for without a browser: read by the rules of any authorization request, but those of a
redirect."""

from collections.abc import Iterable
from dataclasses import replace

from idp.oidc import resources
from idp.oidc.authorize import checks
from idp.oidc.authorize.checks import Asked
from idp.oidc.authorize.hinting import hinted_sub
from idp.oidc.authorize.request import AuthorizationRequest, parse
from idp.oidc.claims import kept
from idp.oidc.clients.metadata import Client
from idp.oidc.details.asking import with_particulars
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider

OF_A_REDIRECT = frozenset(
    (checks.client_may_ask_for_codes, checks.response_type_is_code, checks.pkce_is_s256)
)
CHECKS = tuple(check for check in checks.CHECKS if check not in OF_A_REDIRECT)
NO_REDIRECT = ""


def read(
    provider: Provider, client: Client, form: Parameters, understood: Iterable[str]
) -> AuthorizationRequest:
    """Of the form only what is `understood` counts: the rest is ignored (RFC 6749 section 3.2).

    Raises ProtocolError.
    """
    values = {name: form.values[name] for name in understood if name in form}
    given = Parameters({**values, "client_id": (client.client_id,)})
    wanted = parse(Asked(given, client), NO_REDIRECT, hinted_sub(provider), CHECKS)
    named = resources.asked(provider, given)
    sealed = kept.seal(provider.cipher, client.client_id, wanted.claims)
    return with_particulars(provider, client, given, replace(wanted, resources=named, claims=sealed))
