"""The person of these tests: modelled once, for it takes a second."""

from __future__ import annotations

import pytest

from tests.virtual_person import VirtualPerson


@pytest.fixture(scope="session")
def person() -> VirtualPerson:
    """One person, whose frames differ by noise alone."""
    return VirtualPerson(seed=7)
