"""The certificate alone is never trusted: what the business register says at this moment decides."""

import pytest

from idp.business.licences.refusals import Rule
from idp.business.organisation_kinds import OrganisationStatus
from tests.idp.business.licences.world import CODE, World, licence_extensions, refusals

OTHER = "000000198506150018"
INACTIVE = sorted(set(OrganisationStatus) - {OrganisationStatus.ACTIVE})


def test_the_register_is_asked_at_each_sign_in() -> None:
    world = World()
    found = world.examine(world.licence()).accepted()
    assert found.organisation.code == CODE
    assert world.examine(world.licence()).licence
    assert world.register.asked == 2


@pytest.mark.parametrize("status", INACTIVE)
def test_an_organisation_that_is_not_active_is_refused(status: OrganisationStatus) -> None:
    world = World()
    world.register.status = status
    assert refusals(world.examine(world.licence())) == {Rule.ORGANISATION}


@pytest.mark.parametrize("representative", [OTHER, None])
def test_the_wrong_holder_is_refused(representative: str | None) -> None:
    """As is whoever was the representative when the licence was issued, and is no more."""
    world = World()
    world.register.representative = representative
    assert refusals(world.examine(world.licence())) == {Rule.HOLDER}


def test_an_organisation_that_the_register_does_not_know_is_refused() -> None:
    world = World()
    held = world.licence(extensions=licence_extensions(code="91000000YT000002XR"))
    assert refusals(world.examine(held)) == {Rule.ORGANISATION}


def test_while_the_register_is_down_nobody_signs_in() -> None:
    world = World()
    assert world.examine(world.licence()).licence
    world.register.is_down = True
    found = world.examine(world.licence())
    assert refusals(found) == {Rule.REGISTER}
    assert "cannot be asked" in str(found.refused)


def test_the_register_is_not_asked_for_what_fails_before() -> None:
    world = World()
    assert refusals(world.examine(world.licence(days=(-9, -1)))) == {Rule.VALIDITY}
    assert world.register.asked == 0
