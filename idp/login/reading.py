"""Short looks into the database that take no lock, so that slow work may follow them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from idp.extensions import services
from idp.storage.database import READ_ONLY


@contextmanager
def reading() -> Iterator[Session]:
    """A session that will not write. What was read stays usable after it, and changes nothing."""
    with Session(services().engine.execution_options(**READ_ONLY), expire_on_commit=False) as session:
        yield session
