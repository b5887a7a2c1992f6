"""A site that trusts the sandbox's authority."""

import pytest

from tests.idp.login.licences.licensing import Licensing
from tests.idp.login.visitor import Site


@pytest.fixture
def licensing(site: Site) -> Licensing:
    found = Licensing(site)
    found.authority()
    return found
