"""The room's blueprint. It is registered in the sandbox alone."""

from flask import Blueprint

blueprint = Blueprint("sandbox", __name__)
