"""What PostgreSQL takes in no text."""

from flask import abort, request


def refuse_nul() -> None:
    """For a room's `before_request`: left to the database, it would look like an outage."""
    texts = (request.path, *(text for _name, text in request.values.items(multi=True)))
    if any("\0" in text for text in texts):
        abort(400)
