"""Ids of rows."""

from datetime import UTC, datetime
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from idp.storage.base import new_id


@given(st.integers(0, 2**35))
def test_an_id_is_a_version_7_uuid_of_its_moment(seconds: int) -> None:
    """RFC 9562 section 5.7."""
    now = datetime.fromtimestamp(seconds, UTC)
    read = UUID(new_id(now))
    assert (read.version, read.variant) == (7, RFC_4122)
    assert read.int >> 80 == int(now.timestamp() * 1000)


def test_ids_of_one_moment_differ_in_every_random_bit() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    found = [UUID(new_id(now)).int for _ in range(200)]
    assert len(set(found)) == len(found)
    always, ever = found[0], 0
    for value in found:
        always, ever = always & value, ever | value
    assert (always ^ ever).bit_count() == 74
