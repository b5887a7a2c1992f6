"""The blueprint of the room, and what it needs besides the provider's services."""

from dataclasses import dataclass

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from idp.extensions import Services
from idp.login.factors.passkey import Passkeys
from idp.staff.accounts import StaffAccounts
from idp.staff.opening import open_accounts

KEY = "yitong.staff"
REALM = "staff:"
blueprint = Blueprint("staff", __name__)


@dataclass(frozen=True)
class StaffServices:
    accounts: StaffAccounts
    passkeys: Passkeys
    """Ceremonies of staff: no challenge of a citizen's page serves here, nor the other way round."""


def open_staff_services(found: Services) -> StaffServices:
    return StaffServices(
        accounts=open_accounts(found.settings.staff, found.master_keys, found.cipher, found.index),
        passkeys=Passkeys(found.store, found.settings.issuer, realm=REALM),
    )


@blueprint.record_once
def _open(state: BlueprintSetupState) -> None:
    app = state.app
    app.extensions[KEY] = open_staff_services(app.extensions["yitong"])


def staff_services() -> StaffServices:
    """Those of the current app."""
    found: StaffServices = current_app.extensions[KEY]
    return found
