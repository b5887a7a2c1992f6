"""Sign-ins that the provider has answered, until the mini-program fetches them with its code.

Between the two only the store has them: neither the page in the web-view nor the code holds anything of a
person.
"""

import json
import secrets
from typing import Any

from clients.miniprogram.server.onetime import CODE_SECONDS
from clients.sdk import SignIn, Store
from clients.sdk.sign_ins import kept
from clients.sdk.store import drop, key_of


def put(store: Store, sign_in: SignIn) -> str:
    """Its name in the store."""
    name = secrets.token_urlsafe(32)
    store.replace(key_of("waiting", name), None, json.dumps(sign_in.as_kept()), CODE_SECONDS)
    return name


def take(store: Store, name: str) -> SignIn | None:
    """None: it is gone, as a store forgets under pressure."""
    text = drop(store, key_of("waiting", name))
    told: dict[str, Any] | None = None if text is None else json.loads(text)
    return None if told is None else kept(told)
