"""For the operator's monitoring: whether the audit log is proved, counted, watched and handed on in time.

Text that Prometheus reads (exposition format 0.0.4). It names nobody. How busy a provider is, is nobody
else's business either: without a token in the settings there is no such page.
"""

from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from idp.audit.readers import readers
from idp.audit.tree.status import Integrity, integrity
from idp.audit.verifications.asking import last_finished
from idp.audit.verifications.running import WHOLE
from idp.crypto.digests import same
from idp.extensions import services
from idp.metering.measures import Answer
from idp.metering.reading import of_all
from idp.settings import read_token
from idp.storage.database import reading

KEY = "yitong.metrics_token"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
blueprint = Blueprint("metrics", __name__)


@blueprint.record_once
def _open(state: BlueprintSetupState) -> None:
    """Raises SettingsWrong."""
    file = state.app.extensions["yitong"].settings.server.metrics_token_file
    state.app.extensions[KEY] = read_token("server.metrics_token_file", file)


@blueprint.get("/metrics")
def metrics() -> Response:
    token = current_app.extensions[KEY]
    if token is None:
        abort(404)
    scheme, _space, shown = request.headers.get("Authorization", "").partition(" ")
    # RFC 6750 section 2.1; nobody learns how much of it was right.
    if scheme.lower() != "bearer" or not same(shown, token):
        return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    now = services().clock()
    lines = [*_proof(now), *_readers(now), *_verification(), *_clients(now)]
    return Response("".join(f"{line}\n" for line in lines), content_type=CONTENT_TYPE)


def _proof(now: datetime) -> Iterator[str]:
    found = services()
    state = integrity(found.engine, found.settings.audit.anchors)
    yield from _gauge("idp_audit_folded_rows", "Rows of the log in its tree.")
    yield f"idp_audit_folded_rows {state.size}"
    yield from _gauge("idp_audit_waiting_rows", "Rows that are not in the tree yet, up to ten thousand.")
    yield f"idp_audit_waiting_rows {state.waiting}"
    yield from _gauge("idp_audit_step_waiting_seconds", "How long the oldest waits for a step of its proof.")
    for step, since in _steps(state):
        yield f'idp_audit_step_waiting_seconds{{step="{step}"}} {_seconds(since, now)}'


def _steps(state: Integrity) -> Iterator[tuple[str, datetime | None]]:
    yield "folding", state.waiting_since
    yield "signing", state.unsigned_since
    for anchor in state.anchors:
        yield f"anchor:{anchor.name}", anchor.waiting_since


def _readers(now: datetime) -> Iterator[str]:
    yield from _gauge("idp_audit_reader_waiting_seconds", "How long the oldest event waits for a reader.")
    for one in readers(services().engine):
        yield (f'idp_audit_reader_waiting_seconds{{reader="{one.name}"}} {_seconds(one.waiting_since, now)}')


def _verification() -> Iterator[str]:
    with Session(reading(services().engine)) as session:
        last = last_finished(session)
    if last is None or last.finished_at is None:
        return
    yield from _gauge("idp_audit_verified_timestamp_seconds", "When the log was verified last.")
    yield f"idp_audit_verified_timestamp_seconds {int(last.finished_at.timestamp())}"
    yield from _gauge("idp_audit_verified_whole", "Whether it was found whole then.")
    yield f"idp_audit_verified_whole {int(last.result == WHOLE)}"


def _clients(now: datetime) -> Iterator[str]:
    """Of this hour, as far as the processes have written it: some minutes late."""
    with reading(services().engine).connect() as connection:
        answers, limited = of_all(connection, now)
    yield from _gauge("idp_client_requests_this_hour", "Requests of clients that said who they are.")
    for answer in Answer:
        yield f'idp_client_requests_this_hour{{answer="{answer}"}} {answers.get(answer, 0)}'
    yield from _gauge("idp_clients_limited_this_hour", "Clients that asked for more than they may.")
    yield f"idp_clients_limited_this_hour {limited}"


def _gauge(name: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} gauge"


def _seconds(since: datetime | None, now: datetime) -> int:
    return 0 if since is None else max(0, int((now - since).total_seconds()))
