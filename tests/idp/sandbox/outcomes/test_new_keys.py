"""The list of new keys where everybody changes it at once."""

import pytest

from idp.oidc.keys.algorithms import ALGORITHMS
from idp.oidc.keys.jwt import ID_TOKEN, Signer
from idp.sandbox.outcomes.new_keys import NewKeys
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.outages import Outage
from tests.fakes import FakeClock


class Contended(MemoryStore):
    """Somebody else is always first."""

    def add_once(self, key: str, value: bytes, *, seconds: float) -> bool:
        return False


def test_who_never_gets_a_turn_is_told_to_come_again() -> None:
    clock = FakeClock()
    signer = Signer("kid", "ES256", ALGORITHMS["ES256"].generate(), (ID_TOKEN,))
    with pytest.raises(Outage):
        NewKeys(Contended(clock), clock).sign(signer, {"aud": "hall"})
