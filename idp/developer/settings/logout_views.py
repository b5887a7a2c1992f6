"""“Send a test”: a logout token of a made-up session, to the address that is registered."""

from time import monotonic
from typing import Any

from flask import Response, abort

from idp.apps.models import Role
from idp.audit.events.app_editing import LogoutTried
from idp.developer.present import AppHere, app_here, developer_page
from idp.developer.room import blueprint
from idp.extensions import services
from idp.locales import gettext as _
from idp.login.circumstances import context
from idp.oidc.logout.trying import Outcome, Tried, tried
from idp.oidc.notice_sending import TIMEOUT_SECONDS
from idp.oidc.room import provider
from idp.outbound import Answer

PAUSE_SECONDS = 5
"""Between two tests of one app: it is no way to flood somebody's server, or to look around in networks."""


@blueprint.post("/apps/<app_id>/settings/logout", endpoint="try_logout")
def try_logout(app_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    found, provided = services(), provider()
    client = None if here.client_id is None else provided.clients.known(here.client_id)
    if client is None or client.metadata.backchannel_logout_uri is None:
        abort(404)
    if not found.store.add_once(f"logout-test:{here.app.id}", b"", seconds=PAUSE_SECONDS):
        return _page(here, client.metadata.backchannel_logout_uri, None, wait_seconds=PAUSE_SECONDS)

    def post(uri: str, body: bytes, headers: dict[str, str]) -> Answer:
        return found.outbound_to_clients.request(
            "POST",
            uri,
            body=body,
            headers=headers,
            timeout_seconds=TIMEOUT_SECONDS,
            redirect_is_answer=True,
        )

    now = found.clock()
    made = tried(provided, client, post, now=now, seconds=monotonic)
    event = LogoutTried(here.developer.person_id, here.app.id, client.client_id, made.outcome.value)
    found.audit.append(event, context(now))
    return _page(here, client.metadata.backchannel_logout_uri, made)


def _page(here: AppHere, uri: str, made: Tried | None, **more: Any) -> Response:
    words = None if made is None else _words(made.outcome)
    return developer_page(
        "developer/settings/logout.html",
        here,
        status=200 if made is not None else 429,
        uri=uri,
        tried=None
        if made is None or words is None
        else {
            "is_good": made.outcome is Outcome.ACCEPTED and not made.keeps,
            "status": made.status,
            "milliseconds": made.milliseconds,
            "claims": [(name, str(value)) for name, value in made.claims.items()],
            "wrong": words[0],
            "mend": words[1],
            "keeps": made.keeps and made.outcome is Outcome.ACCEPTED,
        },
        action=f"{here.path}/settings/logout",
        back_url=f"{here.path}/settings#group-logout",
        **more,
    )


def _words(outcome: Outcome) -> tuple[str, str]:
    """What happened, and what to do."""
    return {
        Outcome.ACCEPTED: (_("The app took the logout token."), ""),
        Outcome.REFUSED: (
            _("The app refused the token (400)."),
            _(
                "Look into its log: signature by a key of jwks_uri with the registered algorithm, typ "
                "logout+jwt, iss, aud, iat, exp, events, no nonce. A session that it does not know is no "
                "reason to refuse: it answers 200."
            ),
        ),
        Outcome.NOT_THERE: (
            _("Nothing takes POST requests there."),
            _("Compare the path, and let it take POST."),
        ),
        Outcome.NOT_ALLOWED: (
            _("Something in front of the app wants a sign-in or a token of its own."),
            _("Leave this one path out of sign-in and CSRF protection: the token's signature protects it."),
        ),
        Outcome.MOVED: (
            _("The address leads on to another one, and we follow none."),
            _("Register the address that it leads to."),
        ),
        Outcome.BROKEN: (
            _("The app broke over it (5xx)."),
            _("Look into its log. A real one would be sent again, 14 times within some hours."),
        ),
        Outcome.OTHER: (_("The app answered something else than 200."), _("Answer 200 or 204.")),
        Outcome.TIMED_OUT: (
            _("There was no answer within five seconds."),
            _("Answer first, and clean up afterwards."),
        ),
        Outcome.UNREACHABLE: (
            _("Nobody listens there, the name is unknown, or its TLS certificate is wrong."),
            _("Open the address from outside of your network."),
        ),
        Outcome.ADDRESS_REFUSED: (
            _("We ask no address in private networks."),
            _("Give an address of the open Internet. On a machine of your own: outbound.clients_allow."),
        ),
        Outcome.ANSWER_REFUSED: (
            _("The answer was too large, cut short or compressed."),
            _("Answer 200 without a body."),
        ),
        Outcome.NO_KEY: (
            _("id_tokens are encrypted for the app, and so are logout tokens; no key of it fits."),
            _("Look at its keys."),
        ),
    }[outcome]
