"""Text messages of a day, in the sandbox."""

import pytest

from tests.idp.login.visitor import HALL, PERSON, Site, Visitor


@pytest.fixture
def changes() -> dict[str, str]:
    return {"IDP_CLIENT_LIMITS__MESSAGES_PER_DAY": "2"}


def asks(site: Site, phone: str) -> Visitor:
    visitor = site.visitor().authorize(HALL)
    visitor.get(visitor.url.replace("/login?", "/login/sms?"))
    return visitor.submit("phone-form", phone=phone)


@pytest.mark.parametrize("phone", [PERSON.phone, "+8613900139999"])
def test_so_many_messages_a_day_whoever_is_asked_for(site: Site, phone: str) -> None:
    """A count that told known people from unknown ones would be the answer to a guess."""
    assert [asks(site, phone).status for _ in range(2)] == [200, 200]
    third = asks(site, phone)
    assert third.status == 429
    assert third.shows("no more messages sent today")
    assert len(site.events("client_limited")) == 1
    site.clock.advance(86400)
    assert asks(site, phone).status == 200
