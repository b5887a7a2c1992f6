"""The room's pages: the words and the headers of what a person sees."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, render_template, request, url_for

from idp import errors, locales
from idp.browser import browser_is_new
from idp.headers import allow_form_action, allow_frame, keep_opener
from idp.locales import gettext as _
from idp.locales import gettext_noop
from idp.oidc.acting.choosing import Option
from idp.oidc.acting.words import ROLES
from idp.oidc.asking import Item, Question
from idp.oidc.authorize.addressing import Shown
from idp.oidc.authorize.answers import Answer, FormPost
from idp.oidc.clients.metadata import Client
from idp.oidc.clients.uris import csp_source
from idp.oidc.details.words import described
from idp.oidc.http import RequestRefused, read_request
from idp.oidc.interaction import InteractionExpired, InteractionForeign, is_in_popup
from idp.oidc.logos import keeping
from idp.oidc.logout.front_channel import Farewell
from idp.oidc.logout.rp_initiated import Question as LogoutQuestion
from idp.oidc.room import blueprint, provider

SCOPE_WORDS: dict[str, Callable[[], str]] = {
    "openid": lambda: _("A number that stands for you there, and nowhere else"),
    "profile": lambda: _("Name, date of birth and sex"),
    "email": lambda: _("E-mail address"),
    "phone": lambda: _("Mobile phone number"),
    "age": lambda: _("Whether you are 18 or older; not your date of birth"),
    "resident_number": lambda: _("Number of your identity document"),
    "organisation": lambda: _("Code and name of the organisation that you act for"),
    "offline_access": lambda: _("To go on reading these while you are away, until you withdraw it"),
    "claim:name": lambda: _("Name"),
    "claim:birthdate": lambda: _("Date of birth"),
    "claim:gender": lambda: _("Sex"),
    "claim:age_over_14": lambda: _("Whether you are 14 or older; not your date of birth"),
    "claim:age_over_16": lambda: _("Whether you are 16 or older; not your date of birth"),
    "claim:age_over_60": lambda: _("Whether you are 60 or older; not your date of birth"),
    "claim:age_over_65": lambda: _("Whether you are 65 or older; not your date of birth"),
    "verification": lambda: _("How and when these details were checked with the population register"),
    "face_receipt": lambda: _("That your face was checked, when, and the scores of it; no picture"),
}
"""What a person agrees to, in words; `claims.units` says what there is."""


STOPPED = errors.Words(
    gettext_noop("Nobody can sign in to this service at the moment"),
    gettext_noop(
        "Whoever runs it, or we, have stopped it for now. It is not your fault: your account and what you "
        "agreed to stay as they are. Try again later, or ask the service."
    ),
)
"""Who stopped it, and why, is the business of its team, to whom the console says it."""
PAGES = frozenset({"oidc.consent", "oidc.answer_consent", "oidc.choose", "oidc.answer_choice"})
"""Those of an interaction that is named in the query."""
DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
LINKS: dict[str, Callable[[], str]] = {
    "tos_uri": lambda: _("Terms of use"),
    "policy_uri": lambda: _("Privacy notice"),
    "client_uri": lambda: _("Website"),
}


@blueprint.url_value_preprocessor
def _beside_the_opener(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """First of all, so that it holds for errors, too: a window that is parted stays so."""
    named = (values or {}).get("interaction_id", "")
    if endpoint in PAGES:
        named = request.args.get("interaction", "")
    if is_in_popup(named):
        keep_opener()


class PlainResponse(Response):
    """Has the headers that it is given, and no others."""

    default_mimetype = None


def plain(answer: Answer) -> Response:
    if isinstance(answer, FormPost):
        return form_post_page(answer)
    return PlainResponse(answer.body, status=answer.status, headers=list(answer.headers))


def form_post_page(answer: FormPost) -> Response:
    """A page that goes on by itself, and by a button where there is no JavaScript."""
    allow_form_action(csp_source(answer.action))
    page = Response(render_template("oidc/form_post.html", action=answer.action, fields=answer.fields))
    # The client is told whose answer it is by `iss`; the page's address is nobody else's business.
    page.headers["Referrer-Policy"] = "no-referrer"
    page.headers.extend(answer.headers)
    return page


def consent_page(asked: Question) -> Response:
    """What is shared, with whom, why and for how long."""
    locales.hint(" ".join(asked.interaction.ui_locales))
    if asked.interaction.form_action is not None:
        allow_form_action(asked.interaction.form_action)
    metadata, locale = asked.client.metadata, locales.current_locale()
    page = render_template(
        "oidc/consent.html",
        client_name=asked.client.name(locale),
        organisation=metadata.text("organization_name", locale) or None,
        portal_host=asked.portal_host,
        is_self_registered=asked.client.is_self_registered,
        logo_url=_logo_url(asked.client, locale),
        purpose=metadata.text("purpose", locale) or None,
        stated_purpose=asked.stated_purpose or None,
        links=[
            {"title": title(), "url": url, "host": urlsplit(url).netloc}
            for name, title in LINKS.items()
            if (url := metadata.text(name, locale))
        ],
        details=[described(one, locale, this_once=asked.mandate_id is not None) for one in asked.details],
        places=list(dict.fromkeys(_place(uri, server, locale) for uri, server in asked.resources)),
        days=asked.days,
        asked=asked.asked,
        items=[_shown(item) for item in asked.items],
        acting=None if asked.acting is None else _acting(asked.acting, asked.interaction.id),
    )
    return Response(page)


def _acting(acting: Option, interaction_id: str) -> dict[str, object]:
    """For whom the person acts, on the page where they agree."""
    hat = acting.standing
    return {
        "is_self": hat is None,
        "name": acting.name,
        "role": "" if hat is None else ROLES[hat.role](),
        "change_url": url_for("oidc.choose", interaction=interaction_id),
    }


def _shown(item: Item) -> dict[str, object]:
    return {
        "name": item.scope,
        "label": SCOPE_WORDS[item.scope](),
        "value_masked": item.value_masked,
        "required": item.required,
        "checked": not item.left_out,
    }


def _logo_url(client: Client, locale: str) -> str | None:
    uri = client.metadata.text(keeping.LOGO_URI, locale)
    if not uri:
        return None
    with provider().reads.connect() as connection:
        name = keeping.of_client(connection, client.client_id, uri)
    return None if name is None else url_for("oidc.logo", name=name)


def logo(name: str) -> Response:
    """A picture of ours, under the digest of its content: it never changes (RFC 8246)."""
    with provider().reads.connect() as connection:
        found = keeping.picture(connection, name) if DIGEST.fullmatch(name) else None
    if found is None:
        abort(404)
    answer = Response(found, mimetype="image/png")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _place(uri: str, server: Client | None, locale: str) -> str:
    """Who serves it is whom people know; a URI says little, and may be a URN."""
    return uri if server is None else server.metadata.text("organization_name", locale) or server.name(locale)


def logout_page(asked: LogoutQuestion) -> Response:
    """Whether the person does want to sign out."""
    wanted = asked.wanted
    locales.hint(wanted.ui_locales)
    if wanted.return_to is not None:
        allow_form_action(csp_source(wanted.return_to))
    name = None if wanted.client is None else wanted.client.name(locales.current_locale())
    page = render_template(
        "oidc/logout.html", client_name=name, is_about_somebody_else=asked.is_about_somebody_else
    )
    return Response(page)


def logout_done_page(farewell: Farewell | None, *, signed_out: bool) -> str:
    """Loads what tells portals in the browser, and goes on to the one that asked."""
    client = return_to = None
    frames: tuple[str, ...] = ()
    if farewell is not None:
        locales.hint(farewell.ui_locales)
        client = None if farewell.client_id is None else provider().clients.find(farewell.client_id)
        return_to, frames = farewell.return_to, farewell.frames
    for address in frames:
        allow_frame(csp_source(address))
    locale = locales.current_locale()
    return render_template(
        "oidc/logout_done.html",
        signed_out=signed_out,
        frames=frames,
        goes_on=return_to is not None,
        client_name=None if client is None else client.name(locale),
        portal_url=return_to or (None if client is None else client.metadata.text("client_uri", locale)),
    )


@blueprint.app_errorhandler(InteractionExpired)
def expired_page(over: InteractionExpired) -> Response:
    """Raised by every room that takes part in a sign-in: what happened, and the way to the portal."""
    client = None if over.client_id is None else provider().clients.find(over.client_id)
    locale = locales.current_locale()
    page = render_template(
        "login/expired.html",
        kind=over.kind,
        client_name=None if client is None else client.name(locale),
        portal_url=None if client is None else client.metadata.text("client_uri", locale) or None,
    )
    return Response(page, status=400)


@blueprint.app_errorhandler(InteractionForeign)
def foreign_page(_error: InteractionForeign) -> Response:
    """A browser without our cookie either keeps none, or is another than the one that began."""
    if browser_is_new():
        page = render_template("login/cookies.html", retry_url=request.full_path, portal_url=None)
    else:
        page = render_template("login/expired.html", kind="foreign", portal_url=None)
    return Response(page, status=400)


@blueprint.errorhandler(Shown)
def shown_page(shown: Shown) -> Response:
    error = shown.error
    asked = read_request(request.environ, errors.request_id(), b"")
    cause = provider().cause(error, request.endpoint or "", asked, shown.client_id, shown.given)
    provider().note_failure(asked, cause, error.status)
    return errors.page(
        error.status,
        error=error.error,
        description=error.description,
        detail=error.detail,
        client_id=cause.client_id,
        words=STOPPED if _is_stopped(cause.client_id) else None,
        seen=cause.seen,
    )


def _is_stopped(client_id: str) -> bool:
    """A client that is there and may do nothing: who comes from it did nothing wrong, and reads so."""
    client = provider().clients.known(client_id) if client_id else None
    return client is not None and not client.is_active


@blueprint.errorhandler(RequestRefused)
def refused_page(refused: RequestRefused) -> Response:
    return errors.page(refused.status, error="request_refused", detail=refused.reason)
