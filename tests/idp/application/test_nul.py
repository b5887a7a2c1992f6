"""A text that no database takes is refused before one is asked."""

import pytest

from tests.idp.login.visitor import Site


@pytest.mark.parametrize("room", ["/developer", "/security", "/approvals"])
def test_nul_is_refused(site: Site, room: str) -> None:
    client = site.app.test_client()
    assert client.get(f"{room}?said=a%00b").status_code == 400
    assert client.get(f"{room}/a%00b").status_code in {400, 404}
    assert client.get(room).status_code != 400
