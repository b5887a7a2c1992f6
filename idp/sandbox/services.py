"""What a sandbox has besides the provider, and how it is put in. Elsewhere nothing of it is called."""

import time
from dataclasses import dataclass, replace

from flask import Flask, current_app

from idp.extensions import Services
from idp.login.services import KEY as LOGIN
from idp.oidc.endpoints import discovery, served
from idp.oidc.provider import GRANT_USE
from idp.oidc.room import TWISTS
from idp.oidc.token import server
from idp.sandbox.outcomes.app_tokens import AppTokens
from idp.sandbox.outcomes.new_keys import NewKeys
from idp.sandbox.outcomes.playing import PlayedCamera, PlayedFaces, PlayedRegister, forced_by
from idp.sandbox.outcomes.scripts import Scripts
from idp.sandbox.outcomes.sent_before import SentBefore
from idp.sandbox.outcomes.twisting import Outcomes
from idp.sandbox.phone.boxes import Boxes, NotedEmailChecks

KEY = "yitong.sandbox"


@dataclass(frozen=True)
class SandboxServices:
    scripts: Scripts
    app_tokens: AppTokens
    outcomes: Outcomes
    camera: PlayedFaces
    """What plays a face check without a camera."""


def begin(app: Flask, found: Services) -> Services:
    """Before the rooms are opened: the hooks of the protocol's, and a register that can be made to fail."""
    if not found.settings.sandbox:
        raise AssertionError("there is no sandbox here")
    scripts = Scripts(found.store, found.clock)
    outcomes = Outcomes(
        scripts,
        SentBefore(found.store),
        NewKeys(found.store, found.clock),
        found.master_keys.derived(GRANT_USE),
        time.sleep,
    )
    forced = forced_by(scripts, found.store)
    camera = PlayedFaces(PlayedCamera(), forced, outcomes.wait)
    tokens = AppTokens(found.store, found.clock)
    app.extensions[KEY] = SandboxServices(scripts, tokens, outcomes, camera)
    app.extensions[TWISTS] = outcomes.twists()
    return replace(found, register=PlayedRegister(found.register, forced))


def finish(app: Flask, found: Services) -> None:
    """After the rooms were opened, and before the fast path takes their table."""
    here: SandboxServices = app.extensions[KEY]
    table = app.extensions[served.KEY]
    jwks = discovery.PATHS["jwks_uri"]
    app.extensions[served.KEY] = {
        **table,
        server.PATH: here.outcomes.watched(table[server.PATH]),
        jwks: here.outcomes.new_keys.besides(table[jwks]),
    }
    room = app.extensions[LOGIN]
    forced = forced_by(here.scripts, found.store)
    faces = PlayedFaces(room.faces, forced, here.outcomes.wait)
    checks = room.emails
    emails = NotedEmailChecks(
        checks.codes, checks.counters, checks.limits, checks.deliver, Boxes(found.store)
    )
    app.extensions[LOGIN] = replace(room, faces=faces, emails=emails)


def sandbox_services() -> SandboxServices:
    """Those of the current app."""
    found: SandboxServices = current_app.extensions[KEY]
    return found
