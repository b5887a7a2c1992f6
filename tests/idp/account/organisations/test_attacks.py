"""What somebody learns or does at an organisation's pages who has nothing to do there."""

import pytest

from idp.account.organisations.place import ORGANISATIONS
from idp.mandates.models import OrganisationRules
from tests.idp.account.mandates.acting import FRIEND, forged, friends, mandates, signed_in
from tests.idp.account.organisations.company import added, organisation_id, page_of, registered
from tests.idp.login.visitor import Site

UNKNOWN = "0198d0c0-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def _company(site: Site) -> None:
    friends(site)
    registered(site)


@pytest.mark.parametrize("page", ["/level", "/invite/agent"])
def test_attack_a_stranger_asks_how_sure_an_organisation_is_of_people(site: Site, page: str) -> None:
    """Whoever guesses an id is not led to prove more: that would tell that it is known, and its level."""
    added(site)
    with site.services.sessions.begin() as session:
        session.add(
            OrganisationRules(
                organisation_id=organisation_id(site),
                acceptance_level=4,
                changed_at=site.clock(),
                changed_by=mandates(site)[0].person_id,
            )
        )
    stranger = signed_in(site, FRIEND, ORGANISATIONS)
    for place in (page_of(site), f"{ORGANISATIONS}/{UNKNOWN}"):
        assert forged(stranger, f"{place}{page}", level="2").status == 404
        assert stranger.get(f"{place}{page}").status == 404


@pytest.mark.parametrize("odd", ["a%0d%0aSet-Cookie:a=b", "%00", "%e2%80%ae"])
def test_attack_an_address_breaks_the_page_that_leads_back_to_it(site: Site, odd: str) -> None:
    """Line breaks in a header, NUL in a statement, a text that is turned around: there is no such page."""
    for path in (f"{ORGANISATIONS}/{odd}", f"{ORGANISATIONS}/{odd}/invite/agent", f"/account/mandates/{odd}"):
        assert site.visitor().get(path).status == 404
