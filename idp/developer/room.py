"""The blueprint of the room, and what none of its pages takes."""

from flask import Blueprint

from idp.nul import refuse_nul

blueprint = Blueprint("developer", __name__, url_prefix="/developer")
blueprint.before_request(refuse_nul)
