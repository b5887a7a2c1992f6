"""What a sandbox did because somebody of the app's team chose it (docs/sandbox-outcomes.md)."""

from idp.doctor.case import Case
from idp.doctor.specifications import of
from idp.locales import gettext_noop as _

CASES = (
    Case(
        "forced-in-the-sandbox",
        ("* | forced in the sandbox",),
        _("Nothing is wrong with the request: somebody chose this outcome for the app, to try it."),
        (
            _(
                "On your app's page “Try what can go wrong” stands what is chosen, and what your app did. "
                "Switch it off there."
            ),
            _("Programs choose, too, with a test token of the app: a CI may be at work."),
        ),
        (of("Yitong", ""),),
    ),
)
