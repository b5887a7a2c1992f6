"""The room's hold on Flask: its blueprint, and the provider that belongs to the app."""

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from idp.oidc.endpoints import served
from idp.oidc.provider import Provider, open_provider

KEY = "yitong.oidc"
REGISTERED = "yitong.oidc.registered"
"""Where whoever wants to know of clients that register themselves says so before the room is opened."""
TWISTS = "yitong.oidc.twists"
"""Where a sandbox leaves its hooks before the room is opened."""
blueprint = Blueprint("oidc", __name__)


@blueprint.record_once
def _open(state: BlueprintSetupState) -> None:
    """The provider, and the table of endpoints that both doors serve."""
    app = state.app
    found = app.extensions["yitong"]
    app.extensions[KEY] = made = open_provider(
        found.settings,
        clock=found.clock,
        engine=found.engine,
        store=found.store,
        master_keys=found.master_keys,
        cipher=found.cipher,
        audit=found.audit,
        outbound=found.outbound,
        outbound_to_clients=found.outbound_to_clients,
        registered=app.extensions.get(REGISTERED),
        twists=app.extensions.get(TWISTS),
    )
    app.extensions[served.KEY] = served.table(made)


def provider() -> Provider:
    """The current app's."""
    found: Provider = current_app.extensions[KEY]
    return found
