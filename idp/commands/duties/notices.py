"""Telling clients: that sessions are over, that people have answered; and asking them for their logos."""

from datetime import timedelta

from idp import session_clients
from idp.commands.duties.duty import Duty
from idp.extensions import Services
from idp.oidc.backchannel import notices as backchannel_notices
from idp.oidc.backchannel.delivery import Notifications
from idp.oidc.clients.cache import ClientCache
from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.keys.ring import SigningKeys
from idp.oidc.logos import keeping as logos
from idp.oidc.logos.fetching import Logos
from idp.oidc.logout.back_channel import LogoutNotices
from idp.oidc.notice_sending import TIMEOUT_SECONDS, Post
from idp.outbound import Answer
from idp.sandbox.outcomes.logouts import PlayedLogouts
from idp.sandbox.outcomes.scripts import Scripts
from idp.sandbox.outcomes.sent_before import SentBefore
from idp.storage import outbox
from idp.storage.database import READ_ONLY
from idp.storage.outbox import Handler

NOTICES_AT_ONCE = 100


def notices_duty(found: Services) -> Duty:
    """Telling clients that sessions are over, and that people have answered; asking them for their logos."""
    handlers: dict[str, Handler] = {
        session_clients.KIND: _played(found, logout_notices(found)),
        backchannel_notices.KIND: notifications(found),
        logos.KIND: logos_of_clients(found),
    }
    return Duty(
        "notices to clients",
        timedelta(),
        lambda: outbox.drain(found.sessions, handlers, found.clock, at_most=NOTICES_AT_ONCE),
    )


def _post(found: Services) -> Post:
    """How a client is told of something."""
    return lambda uri, body, headers: found.outbound_to_clients.post(
        uri, body, headers=headers, timeout_seconds=TIMEOUT_SECONDS
    )


def logout_notices(found: Services) -> LogoutNotices:
    reads = found.engine.execution_options(**READ_ONLY)
    return LogoutNotices(
        issuer=found.settings.issuer,
        clock=found.clock,
        # A client that is suspended or frozen hears of sessions that end all the same.
        find_client=ClientCache(reads, found.clock).known,
        client_keys=ClientKeys(found.outbound_to_clients.fetch, found.clock),
        keys=SigningKeys(reads, found.cipher, found.clock).current,
        pairwise_key=found.master_keys.pairwise,
        post=_post(found),
        append=found.audit.append,
    )


def _played(found: Services, honest: LogoutNotices) -> Handler:
    """In a sandbox apps choose what they are sent."""
    return (
        PlayedLogouts(honest, Scripts(found.store, found.clock), SentBefore(found.store))
        if found.settings.sandbox
        else honest
    )


def logos_of_clients(found: Services) -> Logos:
    def get(uri: str, timeout_seconds: float) -> Answer:
        return found.outbound_to_clients.get(uri, timeout_seconds=timeout_seconds)

    return Logos(clock=found.clock, sessions=found.sessions, get=get)


def notifications(found: Services) -> Notifications:
    """Of answers to requests by the back channel (CIBA)."""
    return Notifications(
        clock=found.clock,
        cipher=found.cipher,
        store=found.store,
        sessions=found.sessions,
        find_client=ClientCache(found.engine.execution_options(**READ_ONLY), found.clock).find,
        post=_post(found),
        append=found.audit.append,
    )
