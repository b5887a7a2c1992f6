"""What is no fault of a request: something that it needs does not answer, and nothing was acknowledged.

Both doors turn these into a 503; whoever needs more of the outside than the databases adds an `Outage`.
"""

from sqlalchemy.exc import SQLAlchemyError


class Outage(Exception):
    """A part of the provider cannot do its work now; the same request may succeed later."""


OUTAGES = (Outage, SQLAlchemyError)
