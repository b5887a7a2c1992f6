"""The page on which a person says for whom they act, and an organisation of theirs becomes known."""

from flask import Response, current_app, redirect, render_template, request, url_for

from idp import errors, locales
from idp.browser import browser_id
from idp.business import credit_code
from idp.business.credit_code import InvalidCode
from idp.extensions import services
from idp.headers import allow_form_action
from idp.locales import gettext as _
from idp.mandates.days import last_day
from idp.oidc.acting import choosing, words
from idp.oidc.acting.adding import Adding, NotAdded
from idp.oidc.acting.choosing import SEARCHED_FROM, SHOWN_AT_MOST, Option, Question
from idp.oidc.authorize import endpoint
from idp.oidc.http import Request, read_request
from idp.oidc.pages import plain
from idp.oidc.room import blueprint, provider

QUERY_CHARACTERS_AT_MOST = 100


@blueprint.get("/choose")
def choose() -> Response:
    found = _question()
    return _onward() if found is None else _page(found)


@blueprint.post("/choose")
def answer_choice() -> Response:
    found = _question()
    if found is None:
        return _onward()
    if request.form.get("asked") != found.asked:
        return _page(found)
    decision = request.form.get("decision")
    if decision == "find":
        return _page(found, searched=request.form.get("q", "")[:QUERY_CHARACTERS_AT_MOST].strip())
    if decision == "add":
        return _add(found)
    if decision == "leave":
        nobody = "nobody whom the client accepts"
        return plain(endpoint.cancel(provider(), _asked(), found.interaction.id, browser_id(), detail=nobody))
    if decision == "somebody_else":
        return _onward(choosing.sign_out(provider(), _asked(), found))
    picked = found.option(request.form.get("acting"))
    if picked is None:
        return _page(found, error=_("Please choose one of these."), status=422)
    choosing.choose(provider(), _asked(), found, picked)
    return _onward()


def _add(found: Question) -> Response:
    typed = request.form.get("code", "")
    if not found.may_add:
        return _page(found)
    try:
        code = credit_code.parse(typed)
        mandate_id = adding().add(
            found.signed_in.person_id,
            code,
            context=choosing.context(provider(), _asked(), found),
            client_id=found.client.client_id,
        )
    except InvalidCode as invalid:
        return _page(found, typed=typed, code_error=words.of_code(invalid), status=422)
    except NotAdded as refused:
        # What the register said may have ended something that was on the page.
        return _page(
            _question() or found, typed=typed, code_error=words.REFUSALS[refused.reason](), status=422
        )
    again = _question()
    if again is None:
        return _onward()
    if again.option(mandate_id) is None:
        return _page(again, code_error=_("This service asks for somebody else."), typed=typed, status=422)
    return _page(again, ticked=mandate_id)


def adding() -> Adding:
    """Also for the account's page of organisations."""
    found = services()
    return Adding(
        found.sessions,
        found.business_register,
        found.organisations,
        found.throttle,
        found.clock,
        found.ends,
    )


def _page(
    found: Question,
    *,
    searched: str = "",
    ticked: str | None = None,
    error: str | None = None,
    typed: str = "",
    code_error: str | None = None,
    status: int = 200,
) -> Response:
    locales.hint(" ".join(found.interaction.ui_locales))
    if found.interaction.form_action is not None:
        # Where nothing is left to ask, the answer leads straight on to the portal.
        allow_form_action(found.interaction.form_action)
    locale = locales.current_locale()
    matching = found.matching(searched)
    chosen = found.chosen if ticked is None else ticked
    # What is ticked is on the page, however many there are.
    shown = sorted(matching, key=lambda one: one.choice != chosen)[:SHOWN_AT_MOST]
    metadata = found.client.metadata
    page = render_template(
        "oidc/choose.html",
        client_name=found.client.name(locale),
        cancel_url=url_for("oidc.cancel", interaction_id=found.interaction.id) if found.options else None,
        asked=found.asked,
        options=[_shown(one, locale) for one in matching if one in shown],
        more=len(matching) - len(shown),
        chosen=chosen,
        is_long=len(found.options) >= SEARCHED_FROM,
        searched=searched,
        is_nobody=not found.options,
        counts_no_more=found.counts_no_more,
        parties=metadata.accepted_parties,
        may_add=found.may_add,
        typed=typed,
        code_error=code_error,
        error=error,
    )
    return Response(page, status=status)


def _shown(option: Option, locale: str) -> dict[str, object]:
    hat = option.standing
    if hat is None:
        return {"choice": option.choice, "is_self": True}
    return {
        "choice": option.choice,
        "is_self": False,
        "name": option.name,
        "code": option.code,
        "role": words.ROLES[hat.role](),
        "matters": words.matters(provider().matter_names, hat.matters, locale),
        "until": None if hat.expires_at is None else last_day(hat.expires_at),
    }


def _question() -> Question | None:
    return choosing.question(provider(), _asked(), request.args.get("interaction", ""), browser_id())


def _asked() -> Request:
    """The form has been read by Flask."""
    return read_request(request.environ, errors.request_id(), b"")


def _onward(headers: tuple[tuple[str, str], ...] = ()) -> Response:
    to = url_for("oidc.resume", interaction_id=request.args["interaction"])
    response = current_app.make_response(redirect(to, 303))
    response.headers.extend(headers)
    return response
