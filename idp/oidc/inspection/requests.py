"""A request as it is kept with the cause of its failure."""

from base64 import b64decode

from idp.error_references import Parameter, Seen
from idp.oidc import facts
from idp.oidc.errors import ProtocolError
from idp.oidc.http import Parameters, Request, form_decoded
from idp.oidc.inspection import redaction
from idp.oidc.jose import jws
from idp.oidc.jose.jws import TokenRefused

PATH_AT_MOST = 60
ID_AT_MOST = 64
"""Characters of a client's id."""


def seen(
    request: Request,
    error: ProtocolError | None,
    client_id: str | None,
    given: Parameters | None = None,
) -> Seen:
    """`given`: the parameters that counted, where they did not stand in the request itself."""
    came = redaction.of_request(request, client_id)
    if given is not None:
        inside = redaction.parameters_of(_elsewhere(request, given), "object", client_id)
        came = (*_without(came, inside), *inside)
    return Seen(
        method=request.method[:10],
        path=redaction.address(request.path)[:PATH_AT_MOST],
        parameters=came,
        facts=facts.written(None if error is None else error.fact),
    )


def claimed_client(request: Request, given: Parameters | None = None) -> str | None:
    """Who a request says that it comes from. Nothing is proved by it."""
    for parameters in (given, request.form, request.query):
        named = None if parameters is None else parameters.get("client_id")
        if named is not None:
            return named[:ID_AT_MOST]
    return _of_header(request) or _of_assertion(request)


def _of_header(request: Request) -> str | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        named, colon, _ = b64decode(encoded.strip(), validate=True).decode("ascii").partition(":")
        return form_decoded(named)[:ID_AT_MOST] if colon else None
    except ValueError:
        return None


def _of_assertion(request: Request) -> str | None:
    text = request.form.get("client_assertion")
    if text is None:
        return None
    try:
        named = jws.unproved(text).claims.get("sub")
    except TokenRefused:
        return None
    return named[:ID_AT_MOST] if isinstance(named, str) else None


def _elsewhere(request: Request, given: Parameters) -> Parameters:
    """Of the parameters that counted, those that the request itself does not bring so."""
    own = {**request.query.values, **request.form.values}
    return Parameters({name: values for name, values in given.values.items() if own.get(name) != values})


def _without(came: tuple[Parameter, ...], inside: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """Each once: what counted says more than what came beside it."""
    known = {one.name for one in inside}
    return tuple(one for one in came if one.name not in known)
