"""What a connection is given before its first statement."""

import pytest
from sqlalchemy import text

from idp.storage.database import open_database


@pytest.mark.parametrize(("default", "kept"), [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")])
def test_postgresql_waits_for_the_disk_whatever_its_default_is(
    postgres_url: str, default: str, kept: str
) -> None:
    engine = open_database(postgres_url)
    with engine.begin() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = {default}'))
    engine.dispose()
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == kept
    engine.dispose()
