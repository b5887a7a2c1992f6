"""Parameters that came by POST, kept for the GET that follows.

A form that another site sends comes without our Lax cookies; the 303 to a GET brings them.
"""

import json

from idp.crypto.digests import digest, new_secret
from idp.oidc.http import Parameters
from idp.storage.ephemeral import EphemeralStore

SECONDS = 300
PARAMETER = "posted"


def keep(store: EphemeralStore, parameters: Parameters) -> str:
    """The id under which `recall` finds them. Reading does not use them up: a page may be loaded again."""
    kept = new_secret(16)
    store.put(_key(kept), json.dumps(dict(parameters.values)).encode(), seconds=SECONDS)
    return kept


def recall(store: EphemeralStore, parameters: Parameters) -> Parameters | None:
    """What the request's `posted` stands for; the parameters themselves without it. None: too late."""
    kept = parameters.get(PARAMETER)
    if kept is None:
        return parameters
    found = store.get(_key(kept))
    if found is None:
        return None
    return Parameters({name: tuple(values) for name, values in json.loads(found).items()})


def _key(kept: str) -> str:
    return f"posted:{digest(kept)}"
