"""Which sign-in a page belongs to, and the ways back out of it."""

from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

from idp import locales
from idp.browser import browser_id
from idp.extensions import services
from idp.headers import allow_form_action, keep_opener
from idp.login.room import blueprint
from idp.oidc import interaction as interactions
from idp.oidc.authorize.deciding import Decided, decide
from idp.oidc.clients.metadata import Client
from idp.oidc.interaction import Interaction, InteractionExpired, is_in_popup
from idp.oidc.next_step import level_asked
from idp.oidc.presence import presence_seconds
from idp.oidc.room import provider
from idp.sessions import COOKIE, SignIn, sign_in
from idp.storage.database import READ_ONLY


@dataclass(frozen=True, slots=True)
class Visit:
    """One sign-in in progress. `client` is None for our own pages."""

    interaction: Interaction
    client: Client | None

    @property
    def id(self) -> str:
        return self.interaction.id

    @property
    def client_id(self) -> str | None:
        return self.interaction.client_id

    @property
    def level_asked(self) -> int:
        return level_asked(self.interaction, self.client, provider().highest_level)

    @property
    def presence_seconds(self) -> int:
        """How long presence counts here: the setting, or less where the client says so."""
        return presence_seconds(provider(), self.client)

    def url(self, endpoint: str, **values: Any) -> str:
        return url_for(endpoint, interaction=self.id, **values)

    @property
    def window_url(self) -> str | None:
        """Where a clerk at a service window helps; None where the operator has no windows."""
        return self.url("window.device") if services().settings.staff.window_is_offered else None

    @property
    def resume_url(self) -> str:
        """Where the one decider says what comes next."""
        return url_for("oidc.resume", interaction_id=self.id)

    def lead_on(self) -> Response:
        return make_response(redirect(self.resume_url, 303))


@blueprint.url_value_preprocessor
def _beside_the_opener(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """First of all, so that it holds for errors, too: a window that is parted stays so."""
    if is_in_popup(request.args.get("interaction", "")):
        keep_opener()


def current_visit() -> Visit:
    """The one that this page's address names. Raises InteractionExpired, InteractionForeign."""
    interaction_id = request.args.get("interaction", "")
    if not interaction_id:
        raise InteractionExpired
    found = services()
    interaction = interactions.find(found.store, interaction_id, browser_id(), found.clock())
    locales.hint(" ".join(interaction.ui_locales))
    client = None if interaction.client_id is None else provider().clients.find(interaction.client_id)
    return Visit(interaction, client)


def current_sign_in() -> SignIn | None:
    """Who is signed in in this browser."""
    found = services()
    with found.engine.execution_options(**READ_ONLY).connect() as connection:
        return sign_in(connection, request.cookies.get(COOKIE, ""), found.clock())


def decided(visit: Visit) -> Decided:
    """What the one decider says of this visit now, and on which facts."""
    secret = request.cookies.get(COOKIE, "")
    return decide(provider(), visit.interaction, secret, services().clock())


def page(template: str, visit: Visit | None, *, status: int = 200, **context: Any) -> Response:
    """A page of this room, with the portal's name and the way back to it."""
    if visit is not None and visit.interaction.form_action is not None:
        # Where nothing is left to ask, a form's answer leads straight on to the portal.
        allow_form_action(visit.interaction.form_action)
    if visit is not None and visit.client is not None:
        context.setdefault("client_name", visit.client.name(locales.current_locale()))
        context.setdefault("cancel_url", url_for("oidc.cancel", interaction_id=visit.id))
    return make_response(render_template(template, **context), status)
