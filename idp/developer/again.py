"""A reload, or the language switch, on a page that followed a form: on to the page above it."""

from flask import Response, abort, current_app, make_response, redirect, request
from werkzeug.exceptions import HTTPException

from idp.developer.present import app_here, developer_here, team_here


def again(app_id: str | None = None, team_id: str | None = None, **_others: str) -> Response:
    """Of every address that forms alone are sent to."""
    if app_id is not None:
        app_here(app_id)
    elif team_id is not None:
        team_here(team_id)
    else:
        developer_here()
    return make_response(redirect(_above(request.path), 303))


def _above(path: str) -> str:
    """The nearest page above an address that has one itself."""
    adapter = current_app.url_map.bind_to_environ(request.environ)
    above = path.rpartition("/")[0]
    if not above:
        abort(404)
    try:
        endpoint, _values = adapter.match(above, method="GET")
    except HTTPException:
        return _above(above)
    return _above(above) if endpoint == request.endpoint else above
