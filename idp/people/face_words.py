"""Which words about keeping something of a face are in force; None while the operator keeps none.

How long it is kept is part of what is agreed to, so the number of days is part of the version: an operator
who changes it asks anew, and cannot forget to (PIPL article 14: another way of processing, another consent).
"""

from idp.settings import Liveness


def of_template(settings: Liveness) -> str | None:
    if not settings.keep_templates:
        return None
    return _version(settings.template_consent_text_version, settings.template_days)


def of_evidence(settings: Liveness) -> str | None:
    if not settings.keep_evidence_days:
        return None
    return _version(settings.evidence_consent_text_version, settings.keep_evidence_days)


def _version(text: str, days: int) -> str:
    return f"{text}.{days}d"
