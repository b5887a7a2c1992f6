"""From a request that probes to an alert and a receiver that is told: the worker's part, whole."""

import base64
import hmac
import threading
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.commands.duties.watching import alarms_duty, detection_duty
from idp.detection.models import Alert
from idp.detection.opening import describe
from idp.oidc.authorize.addressing import Shown
from idp.outbound import Outbound
from tests.idp.detection.conftest import SHIPPED
from tests.idp.oidc.conftest import (
    app,
    app_world,
    clock,
    configuration,
    master_document,
    master_keys,
    prepared,
)
from tests.idp.oidc.world import HALL, World

__all__ = ["app", "app_world", "clock", "configuration", "master_document", "master_keys", "prepared"]

KEY = "k" * 32


class Receiver(HTTPServer):
    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def test_a_probe_becomes_an_alert_and_somebody_is_told(app: Flask, app_world: World, tmp_path: Path) -> None:
    receiver = Receiver()
    origin = f"http://127.0.0.1:{receiver.server_port}"
    (tmp_path / "key").write_text(KEY)
    found = app.extensions["yitong"]
    settings = found.settings.model_copy(
        update={
            "detection": found.settings.detection.model_copy(
                update={"webhook_url": f"{origin}/hook", "webhook_key_file": tmp_path / "key"}
            )
        }
    )
    outbound = Outbound(settings.outbound.model_copy(update={"allow": (origin,)}))
    found = replace(found, settings=settings, outbound=outbound)
    for _ in range(SHIPPED["client-redirect-probing"].threshold):
        with pytest.raises(Shown):
            app_world.authorize(redirect_uri="https://evil.example/")
    described = describe(settings)
    detection_duty(found, described, threading.Event()).do_if_due(app_world.clock())
    with Session(found.engine) as session:
        (alert,) = session.scalars(select(Alert)).all()
    assert (alert.rule, alert.subject_kind, alert.subject) == ("client-redirect-probing", "client", HALL)
    (raised,) = app_world.events("alert_raised")
    assert (raised.client_id, raised.actor) == (HALL, "worker")
    alarms_duty(found, described).do_if_due(app_world.clock())
    receiver.shutdown()
    receiver.server_close()
    ((headers, body),) = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == "v1," + base64.b64encode(
        hmac.new(KEY.encode(), signed, sha256).digest()
    ).decode("ascii")
    assert b"evil.example" not in body
