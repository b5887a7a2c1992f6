"""“Try the logo”: whether it will be shown, and if not, why."""

from typing import Any

from flask import Response, abort

from idp.apps.models import Role
from idp.audit.events.app_editing import LogoTried
from idp.developer.present import AppHere, app_here, developer_page
from idp.developer.registered import standing_here
from idp.developer.room import blueprint
from idp.extensions import services
from idp.locales import gettext as _
from idp.login.circumstances import context
from idp.oidc.clients.explaining.whole import explain
from idp.oidc.logos.fetching import TIMEOUT_SECONDS
from idp.oidc.logos.keeping import addresses
from idp.oidc.logos.trying import GOOD, tried
from idp.outbound import Answer

PAUSE_SECONDS = 10
"""Between two tries of one app: each decodes pictures in a process of its own."""


@blueprint.post("/apps/<app_id>/settings/logo", endpoint="try_logo")
def try_logo(app_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    metadata = explain(standing_here(here).fields).metadata
    uris = () if metadata is None else addresses(metadata)
    if not uris:
        abort(404)
    found = services()
    if not found.store.add_once(f"logo-test:{here.app.id}", b"", seconds=PAUSE_SECONDS):
        return _page(here, [], status=429, wait_seconds=PAUSE_SECONDS)

    def get(uri: str) -> Answer:
        return found.outbound_to_clients.get(uri, timeout_seconds=TIMEOUT_SECONDS)

    outcomes = [tried(uri, get) for uri in uris]
    now = found.clock()
    event = LogoTried(here.developer.person_id, here.app.id, tuple(outcomes), here.client_id)
    found.audit.append(event, context(now))
    return _page(here, [{"uri": uri, **_words(code)} for uri, code in zip(uris, outcomes, strict=True)])


def _page(here: AppHere, tried_ones: list[dict[str, Any]], *, status: int = 200, **more: Any) -> Response:
    return developer_page(
        "developer/settings/logo.html",
        here,
        status=status,
        logos=tried_ones,
        action=f"{here.path}/settings/logo",
        back_url=f"{here.path}/settings",
        **more,
    )


def _words(code: str) -> dict[str, Any]:
    wrong, mend = {
        GOOD: (_("It is shown to people, as our own copy."), ""),
        "svg": (
            _("It is an SVG, which can hold scripts and is never taken."),
            _("Export it as a PNG of 256 by 256 pixels."),
        ),
        "neither-png-nor-jpeg": (_("It is neither a PNG nor a JPEG."), _("Save it as a PNG.")),
        "too-large": (_("The file is larger than 512 KiB."), _("A PNG of 256 by 256 pixels is enough.")),
        "wrong-size": (
            _("It is smaller than 16 or larger than 4096 pixels a side, or has too many pixels in all."),
            _("A PNG of 256 by 256 pixels is enough."),
        ),
        "not-decodable": (_("The picture is broken or made to break decoders."), _("Save it anew.")),
        "too-slow": (_("It takes too long to decode."), _("Save it anew, smaller.")),
        "not-there": (_("There is nothing at this address."), _("Open it in a browser without signing in.")),
        "address-refused": (
            _("We ask no address in private networks."),
            _("Give an address of the open Internet. On a machine of your own: outbound.clients_allow."),
        ),
        "timed-out": (_("The address did not answer in time."), _("Put it where it answers at once.")),
        "unreachable": (
            _("Nobody listens there, the name is unknown, or its TLS certificate is wrong."),
            _("Open the address from outside of your network."),
        ),
    }.get(
        code,
        (
            _("The answer is a redirect, too large, or no plain file."),
            _("Give the address of the file itself."),
        ),
    )
    return {"is_good": code == GOOD, "wrong": wrong, "mend": mend}
