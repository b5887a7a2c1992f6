"""The blueprint of the room."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)
