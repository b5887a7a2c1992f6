"""What a sandbox may do to honest answers, so that apps test their own checks.

`Provider.twists` is None wherever there is no sandbox, and nothing in this room makes any: whoever wires a
sandbox hands them in (`idp.sandbox.services`). Each takes what is about to leave, and gives what leaves then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from idp.oidc.authorize.request import AuthorizationRequest
    from idp.oidc.errors import ProtocolError
    from idp.oidc.keys.jwt import Signer
    from idp.oidc.next_step import Step


@dataclass(frozen=True, slots=True)
class Twists:
    ending: "Callable[[AuthorizationRequest, Step], ProtocolError | None]"
    """With which error an interaction ends at this step; None: it goes on."""
    keeps_out: Callable[[str | None], str | None]
    """The status by which an account is not let in at a client (its id; None: our own pages)."""
    answered: Callable[[str, Mapping[str, str]], Mapping[str, str]]
    """Of a client, and what is said at its redirect_uri."""
    id_token: "Callable[[str, str, Signer, Mapping[str, Any]], str]"
    """Of a client, the grant, the key and the claims: the token."""
    userinfo: Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
    """Of the grant, and what is said."""
    asked: Callable[[str, str], None]
    """Of a client, and the grant of a request that is answered elsewhere: it begins."""
    polled: "Callable[[str], ProtocolError | None]"
    """Of the grant, what its client is told that asks for it; None: how it stands."""
