"""What one client's developers may see, and nothing of another client's."""

from datetime import timedelta

from idp.audit.statistics.counting import HOUR, MOST_OF_ONE_CLIENT, OTHER, Kind, Known, bounded, hour_of
from idp.audit.statistics.of_client import counted_to, of_client
from tests.idp.audit.statistics.conftest import NOW, CountedLog

HERE = hour_of(NOW)
EARLIER = NOW - timedelta(hours=3)


def test_of_one_client_alone(counted: CountedLog) -> None:
    counted.write(
        (NOW, "code_issued", {"client_id": "hall"}),
        (NOW, "token_issued", {"client_id": "hall", "grant_type": "authorization_code"}),
        (NOW, "token_issued", {"client_id": "hall", "grant_type": "refresh_token"}),
        (NOW, "token_exchanged", {"client_id": "hall"}),
        (NOW, "token_refused", {"client_id": "hall", "error": "invalid_grant"}),
        (NOW, "sign_in_refused", {"client_id": "hall", "method": "password", "reason": "wrong"}),
        (EARLIER, "token_refused", {"client_id": "hall", "error": "invalid_client"}),
        # Names that begin alike, and sort on both sides of the first one's.
        (NOW, "token_refused", {"client_id": "hall-2", "error": "invalid_grant"}),
        (NOW, "token_refused", {"client_id": "hal", "error": "invalid_grant"}),
        (NOW, "code_issued", {"client_id": "hall2"}),
    )
    counted.statistics().round()
    found = of_client(counted.engine, "hall", HOUR, range(HERE - 5, HERE + 1))
    assert set(found) == {HERE, hour_of(EARLIER)}
    now = found[HERE]
    assert now.sign_ins == 1
    assert now.grants == {"authorization_code": 1, "refresh_token": 1, "token_exchange": 1}
    assert now.refused == {"invalid_grant": 1}
    assert now.people == {"password:wrong": 1}
    assert found[hour_of(EARLIER)].refused == {"invalid_client": 1}
    assert counted_to(counted.engine) is not None


def test_a_client_with_many_reasons_takes_no_place_of_others() -> None:
    """Who can make up errors fills the table no further than its own share."""
    known: Known = {}
    noisy = {(Kind.CLIENT_REASON, HERE, f"noisy:error-{number}"): 1 for number in range(500)}
    counts = bounded({**noisy, (Kind.CLIENT_REASON, HERE, "quiet:invalid_grant"): 1}, known)
    values = {value for _, grain, _, value in counts if grain == HOUR}
    assert len(values) == MOST_OF_ONE_CLIENT + 2
    assert f"noisy:{OTHER}" in values
    assert "quiet:invalid_grant" in values
    assert sum(counts.values()) == 2 * 501
