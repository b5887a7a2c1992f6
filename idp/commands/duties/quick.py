"""What takes moments and is done one after another: messages, sweeps, keys."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from idp import blocks, session_clients, sessions
from idp.apps import members
from idp.audit.statistics import rolling as statistics
from idp.cases import retention as cases
from idp.commands.duties.duty import Duty
from idp.commands.keys import rotate_signing_keys
from idp.detection import alerts
from idp.extensions import Services
from idp.measures import reading as measures
from idp.messages import open_handlers, open_mail_handlers
from idp.metering import meter
from idp.oidc import sharing
from idp.oidc.backchannel import known
from idp.oidc.logos import keeping as logos
from idp.oidc.registration import initial_tokens, records
from idp.oidc.token import offline_grants
from idp.people import activation_codes, face_consents, face_evidence, face_templates, face_words
from idp.staff import changes as staff_changes
from idp.staff import sessions as staff_sessions
from idp.staff import unmasking
from idp.storage import outbox

Sweep = Callable[[Session, datetime], int]
# (name, what is swept): each in a transaction of its own, so that one failure stops no other.
SWEEPS: tuple[tuple[str, Sweep], ...] = (
    ("sessions", sessions.sweep),
    ("consents", sharing.sweep),
    ("known subjects", known.sweep),
    ("offline grants", offline_grants.sweep),
    ("old logos", logos.look_again),
    ("initial access tokens", initial_tokens.sweep),
    ("invitations to teams", members.expire),
    ("activation codes", activation_codes.sweep),
    ("face consents", face_consents.sweep),
    ("face evidence", face_evidence.sweep),
    ("staff sessions", staff_sessions.sweep),
    ("staff changes", staff_changes.sweep),
    ("blocked ranges", blocks.sweep),
    ("watched notices", session_clients.sweep),
    ("unmask asks", unmasking.sweep),
    ("dead messages", outbox.sweep),
)


def quick_duties(found: Services) -> list[Duty]:
    """Each with its own rhythm."""
    settings = found.settings
    handlers = open_handlers(settings.messages, found.cipher, found.store, found.outbound, found.clock)
    handlers |= open_mail_handlers(settings.mail, found.cipher, found.store, found.clock)

    def swept(sweep: Sweep) -> Callable[[], object]:
        def do() -> None:
            with found.sessions.begin() as session:
                sweep(session, found.clock())

        return do

    sweeping = found.mandates.sweeping
    words = face_words.of_template(settings.liveness)
    sweep_templates: Sweep = partial(face_templates.sweep, text_version=words)
    unused_days = settings.protocol.registration_unused_days
    sweep_alerts: Sweep = partial(alerts.sweep, kept=timedelta(days=settings.detection.alerts_kept_days))
    kept = timedelta(days=settings.audit.statistics_kept_days)
    sweep_counts: Sweep = partial(statistics.sweep, kept=kept)
    usage_kept = timedelta(days=settings.client_limits.usage_kept_days)
    sweep_usage: Sweep = partial(meter.sweep, kept=usage_kept)
    sweep_clients: Sweep = partial(records.sweep, days=unused_days)
    kept = timedelta(days=settings.measures.kept_days)
    sweep_measures: Sweep = partial(measures.sweep, kept=kept)
    sweep_cases: Sweep = partial(cases.sweep, days=settings.cases.kept_days)
    return [
        Duty("messages", timedelta(), lambda: outbox.drain(found.sessions, handlers, found.clock)),
        Duty("ephemeral store", timedelta(minutes=1), found.store.sweep),
        *(Duty(name, timedelta(minutes=5), swept(sweep)) for name, sweep in SWEEPS),
        Duty("face templates", timedelta(minutes=5), swept(sweep_templates)),
        Duty("expired mandates", timedelta(minutes=5), swept(sweeping.end_expired)),
        Duty("expired invitations", timedelta(minutes=5), swept(sweeping.expire_invitations)),
        Duty("mandates of ended accounts", timedelta(hours=1), swept(sweeping.end_of_ended_accounts)),
        Duty("old mandates", timedelta(hours=1), swept(sweeping.forget)),
        Duty("old alerts", timedelta(hours=1), swept(sweep_alerts)),
        Duty("old counts", timedelta(hours=1), swept(sweep_counts)),
        Duty("old usage of clients", timedelta(hours=1), swept(sweep_usage)),
        Duty("unused clients", timedelta(hours=1), swept(sweep_clients)),
        Duty("old measures", timedelta(hours=1), swept(sweep_measures)),
        Duty("old cases", timedelta(hours=1), swept(sweep_cases)),
        Duty("signing keys", timedelta(hours=1), lambda: rotate_signing_keys(found, actor="worker")),
    ]
