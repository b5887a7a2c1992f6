"""What the pages of text message codes say, and where the sandbox shows the messages."""

from flask import url_for

from idp.extensions import services
from idp.locales import gettext as _
from idp.people.one_time_codes import CodeAnswer


def wrong(answer: CodeAnswer) -> str:
    if answer is CodeAnswer.GONE:
        return _("This code has run out or was tried too often. Ask for another one.")
    return _("This code is not right.")


def too_many() -> str:
    return _("Too many messages were asked for. Try again later, or choose another way.")


def none_left_today() -> str:
    return _(
        "This app may have no more messages sent today. They begin anew at midnight, China's time; "
        "until then choose another way."
    )


def not_a_phone() -> str:
    return _("This is not a mobile phone number. Outside of the mainland, begin with + and the country code.")


def sandbox_messages_url() -> str | None:
    return url_for("sandbox.messages") if services().settings.sandbox else None
