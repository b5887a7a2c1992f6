"""Parameters that came by POST, kept for the GET that follows.

A form that another site sends comes without our Lax cookies; the 303 to a GET brings them. They are kept
sealed: `login_hint` and `claims` may hold somebody's number.
"""

import json
from urllib.parse import urlencode

from idp.crypto.digests import digest, new_secret
from idp.crypto.fields import FieldCipher
from idp.oidc import errors
from idp.oidc.authorize.addressing import Shown
from idp.oidc.http import FORM, Parameters, Request, Response, answer_redirect
from idp.storage.ephemeral import EphemeralStore

SECONDS = 300
PARAMETER = "posted"
CHARACTERS_KEPT_AT_MOST = 16_384
"""Of all values together: what strangers make us keep is bounded."""


def receive(store: EphemeralStore, cipher: FieldCipher, request: Request, path: str) -> Response:
    """Keep the form of a POST and send the browser on to `path` with a GET. Raises Shown."""
    # OpenID Connect Core 1.0 section 3.1.2.1: parameters of a POST are form-encoded.
    if request.content_type != FORM:
        raise Shown(errors.InvalidRequest(f"The body must be {FORM}."))
    check_size(request.form)
    return lead_to(path, keep(store, cipher, request.form))


def check_size(parameters: Parameters) -> None:
    """Raises Shown."""
    if sum(len(value) for values in parameters.values.values() for value in values) > CHARACTERS_KEPT_AT_MOST:
        raise Shown(errors.InvalidRequest("The request is too long."))


def lead_to(path: str, kept: str) -> Response:
    return answer_redirect(f"{path}?{urlencode({PARAMETER: kept})}")


def keep(store: EphemeralStore, cipher: FieldCipher, parameters: Parameters) -> str:
    """The id under which `recall` finds them. Reading does not use them up: a page may be loaded again."""
    kept = new_secret(16)
    key = _key(kept)
    store.put(key, cipher.seal(json.dumps(dict(parameters.values)), context=key), seconds=SECONDS)
    return kept


def recall(store: EphemeralStore, cipher: FieldCipher, parameters: Parameters) -> Parameters:
    """What the request's `posted` stands for; the parameters themselves without it.

    Raises Shown when it is too late.
    """
    kept = parameters.get(PARAMETER)
    if kept is None:
        return parameters
    key = _key(kept)
    found = store.get(key)
    if found is None:
        raise Shown(errors.InvalidRequest("The request has expired.", detail="posted parameters"))
    plain = json.loads(cipher.open(found, context=key))
    return Parameters({name: tuple(values) for name, values in plain.items()})


def _key(kept: str) -> str:
    return f"posted:{digest(kept)}"
