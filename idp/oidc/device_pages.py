"""The words of the pages around a device's code."""

from flask import Response, render_template

from idp import locales
from idp.locales import gettext as _
from idp.oidc.decoupled.answering import Concluded
from idp.oidc.device import user_codes
from idp.oidc.device.verification import Question, WrongCode
from idp.oidc.room import provider


def code_page(given: str) -> Response:
    """`given`: what came with the address (RFC 8628 section 3.3.1). It is shown to be compared, and goes on
    by a click alone: whoever opens a link has done nothing yet."""
    code = user_codes.normalise(given)
    shown = "" if code is None else user_codes.shown(code)
    return Response(render_template("oidc/device.html", user_code=shown, is_given=bool(shown)))


def wrong_code_page(wrong: WrongCode, typed: str) -> Response:
    page = render_template(
        "oidc/device.html",
        user_code=typed[: user_codes.TYPED_AT_MOST],
        error=_("Too many tries.") if wrong.seconds and not wrong.was_tried else _not_good(),
        wait_seconds=wrong.seconds,
    )
    return Response(page, status=422 if wrong.was_tried else 429)


def _not_good() -> str:
    return _("This code is not good, or not any more. Look again at the device; it can show you a new one.")


def question_page(asked: Question) -> Response:
    """Who asks, since when and from where, before the person does anything for it."""
    locales.hint(" ".join(asked.waiting.request.ui_locales))
    locale = locales.current_locale()
    minutes = int((provider().clock() - asked.waiting.asked_at).total_seconds()) // 60
    page = render_template(
        "oidc/device_confirm.html",
        client_name=asked.client.name(locale),
        organisation=asked.client.metadata.text("organization_name", locale) or None,
        asked_at=asked.waiting.asked_at,
        minutes=minutes,
        place=asked.place,
        is_same_network=asked.is_same_network,
    )
    return Response(page)


def answered_page(found: Concluded, *, is_approved: bool) -> Response:
    locales.hint(" ".join(found.interaction.ui_locales))
    name = None if found.client is None else found.client.name(locales.current_locale())
    return Response(render_template("oidc/answered.html", client_name=name, is_approved=is_approved))
