"""The person of these tests."""

from __future__ import annotations

import pytest

from tests.virtual_person import VirtualPerson


@pytest.fixture(scope="session")
def modelled() -> VirtualPerson:
    """Made once, for it takes a second; never played itself."""
    return VirtualPerson(seed=7)


@pytest.fixture
def person(modelled: VirtualPerson) -> VirtualPerson:
    """As if new, whatever was played before."""
    return modelled.again()
