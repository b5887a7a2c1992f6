"""The blueprint of the room, and what none of its pages takes."""

from flask import Blueprint, abort, request

blueprint = Blueprint("developer", __name__, url_prefix="/developer")


@blueprint.before_request
def _refuse_nul() -> None:
    """PostgreSQL takes it in no text, and that would look like an outage."""
    texts = (request.path, *(text for _name, text in request.values.items(multi=True)))
    if any("\0" in text for text in texts):
        abort(400)
