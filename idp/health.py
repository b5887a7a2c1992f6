"""For load balancers: does the process live, and can it do its work?"""

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from idp.extensions import services
from idp.storage.database import READ_ONLY
from idp.storage.ephemeral import StoreUnavailable

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """503 names what is missing, without details of it."""
    missing = [
        name for name, works in (("database", _database_works), ("store", _store_works)) if not works()
    ]
    if missing:
        return Response(f"not ready: {', '.join(missing)}\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


def _database_works() -> bool:
    try:
        with services().engine.connect().execution_options(**READ_ONLY) as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _store_works() -> bool:
    try:
        services().store.get("readyz")
    except StoreUnavailable:
        return False
    return True
