"""Addresses of static files that change with their content, so that a browser fetches each once.

`/static/css/yitong.css?v=<start of its SHA-256>` may be kept for a year and is never asked for again
(RFC 8246, `immutable`). Any other address, and one of another release, stays revalidated by its ETag.
"""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.security import safe_join

ENDPOINT = "static"
VERSION_CHARACTERS = 16
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"


class Versions:
    """Each file is read once per process, when it is first named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, str] = {}

    def of(self, filename: str) -> str | None:
        """None where there is no such file."""
        if filename not in self._known:
            path = safe_join(str(self._folder), filename)
            if path is None or not Path(path).is_file():
                return None
            digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
            self._known[filename] = digest[:VERSION_CHARACTERS]
        return self._known[filename]


def init_app(app: Flask) -> None:
    """Every `url_for('static', ...)` names the version; an answer to the right one may be kept."""
    versions = Versions(Path(app.static_folder or ""))

    def name_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == ENDPOINT and (version := versions.of(values["filename"])) is not None:
            values["v"] = version

    def let_keep(response: Response) -> Response:
        if request.endpoint == ENDPOINT and response.status_code in {200, 304}:
            asked, filename = request.args.get("v"), (request.view_args or {})["filename"]
            if asked and asked == versions.of(filename):
                response.headers["Cache-Control"] = KEPT_FOR_GOOD
        return response

    app.url_defaults(name_version)
    app.after_request(let_keep)
