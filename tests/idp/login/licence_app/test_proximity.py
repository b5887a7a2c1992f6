"""Where the operator wants page and phone in one network."""

import pytest

from tests.idp.login.licence_app.phone import Phone, begin, code_on
from tests.idp.login.licences.licensing import Licence
from tests.idp.login.visitor import Site


@pytest.fixture
def changes() -> dict[str, str]:
    return {"IDP_LICENCE_APP__SAME_NETWORK_ONLY": "true"}


def test_only_a_phone_of_the_pages_network_takes_a_code_up(site: Site, licence: Licence) -> None:
    visitor = begin(site)
    code = code_on(visitor)
    far, near = Phone(site, licence), Phone(site, licence, address=visitor.address)
    assert (far.scan(code)["error"], far.status) == ("other_network", 403)
    near.scan(code)
    assert near.status == 200
    assert far.scan(code)["error"] == "unknown_code"
