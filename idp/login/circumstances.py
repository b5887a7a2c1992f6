"""Where a request comes from, for the audit log and for the throttle."""

from datetime import datetime

from flask import request

from idp.audit.context import AuditContext
from idp.audit.events.faces import FaceRefused
from idp.audit.events.licence_app import LicenceRequestRefused
from idp.audit.events.licences import LicenceRefused
from idp.audit.events.people import RegisterUnavailable
from idp.audit.events.signing_in import SignInDelayed, SignInRefused
from idp.browser import browser_digest, browser_is_new
from idp.errors import request_id
from idp.extensions import services
from idp.login.services import login_services
from idp.storage.throttle import Subject

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - stands for a caller over a Unix socket, who has no address

Refusal = (
    SignInRefused | SignInDelayed | FaceRefused | LicenceRefused | LicenceRequestRefused | RegisterUnavailable
)
"""What one may cause again and again without getting any further."""
REFUSALS_OF_ONE_ADDRESS = 1000
"""In an hour, in the audit log: a whole district may share one address."""


def address() -> str:
    return request.remote_addr or NO_ADDRESS


def context(now: datetime, interaction_id: str | None = None) -> AuditContext:
    return AuditContext(
        at=now,
        request_id=request_id(),
        address=services().addresses.recorded(request.remote_addr),
        caller=request.remote_addr or None,
        device=browser_digest(),
        interaction_id=interaction_id,
    )


def subject(account: str, kind: str) -> Subject:
    """`account`: what was typed, normalised, or the person's id."""
    device = None if browser_is_new() else browser_digest()
    return Subject(account=account, address=address(), device=device, kind=kind)


def note_refusal(event: Refusal, interaction_id: str | None = None) -> None:
    """Append the event, unless this address has filled the log enough for an hour."""
    found = services()
    if found.throttle.allow_from(address(), "refusals", REFUSALS_OF_ONE_ADDRESS, 3600):
        found.audit.append(event, context(found.clock(), interaction_id))


def wait_before(tried: Subject, interaction_id: str | None = None) -> int:
    """0 to go on, else the seconds to wait; a delay is an event. Call it while no transaction is held."""
    seconds = services().throttle.wait(tried)
    if seconds:
        event = SignInDelayed(method=tried.kind, seconds=seconds, tried=tried_digest(tried.account))
        note_refusal(event, interaction_id)
    return seconds


def tried_digest(typed: str) -> str:
    """What the log says in place of what was typed, for this day."""
    return login_services().tried.digest(typed, services().clock())
