"""The blueprint of the room."""

from flask import Blueprint

blueprint = Blueprint("security", __name__, url_prefix="/security")
