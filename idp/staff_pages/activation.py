"""Between the activation code and the means of signing in: what is kept meanwhile, for one browser."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass

from idp.crypto.digests import digest, new_secret, same
from idp.crypto.fields import FieldCipher
from idp.staff import totp
from idp.storage.ephemeral import EphemeralStore

SECONDS = 900


@dataclass(frozen=True, slots=True, repr=False)
class Activation:
    """Somebody has shown the code of this account and chooses now how to sign in."""

    handle: str
    staff_id: str
    code_digest: str
    """Of the activation code: another one, after a reset, ends this."""
    secret: bytes
    """What the authenticator app is given; kept for good only when a code of it came back."""


class Activations:
    """Sealed in the ephemeral store: the secret of an app is in it."""

    def __init__(self, store: EphemeralStore, cipher: FieldCipher) -> None:
        self._store = store
        self._cipher = cipher

    def begin(self, staff_id: str, code_digest: str, browser: str) -> Activation:
        begun = Activation(new_secret(16), staff_id, code_digest, totp.new_secret())
        key = _key(begun.handle)
        plain = {
            "staff_id": staff_id,
            "code": code_digest,
            "secret": b64encode(begun.secret).decode("ascii"),
            "browser": browser,
        }
        self._store.put(key, self._cipher.seal(json.dumps(plain), context=key), seconds=SECONDS)
        return begun

    def find(self, handle: str, browser: str) -> Activation | None:
        """In the browser where it began."""
        key = _key(handle)
        sealed = self._store.get(key)
        if sealed is None:
            return None
        value = json.loads(self._cipher.open(sealed, context=key))
        if not same(value["browser"], browser):
            return None
        return Activation(handle, value["staff_id"], value["code"], b64decode(value["secret"]))

    def end(self, begun: Activation) -> bool:
        """True for one of all who come to the end of it."""
        return self._store.take(_key(begun.handle)) is not None


def _key(handle: str) -> str:
    return f"staff-activation:{digest(handle)}"
