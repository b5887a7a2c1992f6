"""A site that takes the sandbox's licences, and one of a company that PERSON represents."""

import pytest

from tests.idp.login.licence_app.phone import Phone
from tests.idp.login.licences.licensing import Licence, Licensing
from tests.idp.login.visitor import Site


@pytest.fixture
def licensing(site: Site) -> Licensing:
    return Licensing(site)


@pytest.fixture
def licence(licensing: Licensing) -> Licence:
    return licensing.issue()


@pytest.fixture
def phone(site: Site, licence: Licence) -> Phone:
    return Phone(site, licence)
