"""Parameters that came by POST, kept for the GET that follows.

A form that another site sends comes without our Lax cookies; the 303 to a GET brings them.
"""

import json
from urllib.parse import urlencode

from idp.crypto.digests import digest, new_secret
from idp.oidc import errors
from idp.oidc.authorize.request import Shown
from idp.oidc.http import FORM, Parameters, Request, Response, answer_redirect
from idp.storage.ephemeral import EphemeralStore

SECONDS = 300
PARAMETER = "posted"
CHARACTERS_KEPT_AT_MOST = 16_384
"""Of all values together: what strangers make us keep is bounded."""


def receive(store: EphemeralStore, request: Request, path: str) -> Response:
    """Keep the form of a POST and send the browser on to `path` with a GET. Raises Shown."""
    # OpenID Connect Core 1.0 section 3.1.2.1: parameters of a POST are form-encoded.
    if request.content_type != FORM:
        raise Shown(errors.InvalidRequest(f"The body must be {FORM}."))
    size = sum(len(value) for values in request.form.values.values() for value in values)
    if size > CHARACTERS_KEPT_AT_MOST:
        raise Shown(errors.InvalidRequest("The request is too long."))
    return lead_to(path, keep(store, request.form))


def lead_to(path: str, kept: str) -> Response:
    return answer_redirect(f"{path}?{urlencode({PARAMETER: kept})}")


def keep(store: EphemeralStore, parameters: Parameters) -> str:
    """The id under which `recall` finds them. Reading does not use them up: a page may be loaded again."""
    kept = new_secret(16)
    store.put(_key(kept), json.dumps(dict(parameters.values)).encode(), seconds=SECONDS)
    return kept


def recall(store: EphemeralStore, parameters: Parameters) -> Parameters:
    """What the request's `posted` stands for; the parameters themselves without it.

    Raises Shown when it is too late.
    """
    kept = parameters.get(PARAMETER)
    if kept is None:
        return parameters
    found = store.get(_key(kept))
    if found is None:
        raise Shown(errors.InvalidRequest("The request has expired.", detail="posted parameters"))
    return Parameters({name: tuple(values) for name, values in json.loads(found).items()})


def _key(kept: str) -> str:
    return f"posted:{digest(kept)}"
