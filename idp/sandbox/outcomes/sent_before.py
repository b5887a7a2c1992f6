"""What an app really got a moment ago, to be played once more: a code that it redeemed, a logout token.

Neither opens anything: the code is spent, and the token says what its app knows already.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from idp.storage.ephemeral import EphemeralStore

CODE_SECONDS: Final = 3600
LOGOUT_SECONDS: Final = 110
"""Less than the token lives: one that has expired would be refused for another reason."""


@dataclass(frozen=True, slots=True)
class SentBefore:
    """Of each app, the last. All commands raise StoreUnavailable."""

    store: EphemeralStore

    def keep_code(self, client_id: str, code: str) -> None:
        self.store.put(_code_key(client_id), code.encode(), seconds=CODE_SECONDS)

    def code(self, client_id: str) -> str | None:
        """One that this app redeemed, and got tokens for."""
        found = self.store.get(_code_key(client_id))
        return None if found is None else found.decode()

    def keep_logout(self, client_id: str, body: bytes) -> None:
        self.store.put(_logout_key(client_id), b64encode(body), seconds=LOGOUT_SECONDS)

    def logout(self, client_id: str) -> bytes | None:
        """The body that brought this app a logout token, which it took."""
        found = self.store.get(_logout_key(client_id))
        return None if found is None else b64decode(found)


def _code_key(client_id: str) -> str:
    return f"sandbox:used-code:{client_id}"


def _logout_key(client_id: str) -> str:
    return f"sandbox:logout-sent:{client_id}"
