"""One visit to a portal, from the sign-in to its end, as honest people make it."""

from datetime import timedelta

from idp.audit.events.credentials import SmsCodeSent
from idp.audit.events.faces import FaceConsentGiven
from idp.audit.events.logout import LogoutDelivered, LogoutFailed
from idp.audit.events.protocol import (
    AuthorizationRefused,
    ClaimsReleased,
    CodeIssued,
    ConsentGranted,
    ConsentRefused,
    TokenIssued,
    TokenRefused,
)
from idp.audit.events.signing_in import SignedIn, SignedOut, SteppedUp
from idp.china_time import CHINA_TIME
from idp.sandbox.traffic import faces
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import Script
from idp.sandbox.traffic.places import neighbour
from idp.sandbox.traffic.rhythm import is_workday
from idp.sandbox.traffic.town import PORTALS, TAX, Portal, Resident
from idp.sandbox.traffic.waiting import refuse

CONSENT_VERSION = "2026-11"
WRONG_ADDRESS = "redirect_uri"
"""As `AuthorizationRefused.detail` says it."""
FACE_FAILURES = ("quality", "quality", "too_slow", "one_face", "wrong_order", "match", "incomplete")
"""Why honest faces fail; the commonest come twice."""


def visit(
    draws: Draws, resident: Resident, script: Script, portal: Portal | None = None, *, is_rushed: bool = False
) -> None:
    """From beginning to end. `is_rushed`: on the day of the deadline; pages are slow and fingers quick."""
    to = portal or draws.choices(PORTALS, [one.weight for one in PORTALS])[0]
    if draws.chance(0.01):
        script.says_outside(AuthorizationRefused(to.client_id, "login_required", reference(draws)))
        script.waits(0.3, 1)
    script.begins()
    session_id = sign_in(draws, resident, script, to)
    if session_id is None:
        return
    if to.level > 2 and not show_face(draws, resident, script, to):
        return
    if not agree(draws, resident.person_id, script, to):
        return
    grant_id = fetch(draws, resident.person_id, script, to)
    if is_rushed and draws.chance(0.06):  # back, and the old address once more: its code is gone
        script.server_says(TokenRefused(to.client_id, "invalid_grant", reference(draws)), to.server)
    if to.is_app:
        refresh(draws, resident.person_id, script, to, grant_id)
    if draws.chance(0.25):  # a second portal; the session is there
        other = draws.choices(PORTALS, [one.weight for one in PORTALS])[0]
        script.waits(60, 900)
        script.begins()
        if other.level <= 2:
            fetch(draws, resident.person_id, script, other)
    if draws.chance(0.35):
        script.waits(120, 2400)
        sign_out(draws, resident.person_id, script, to, session_id)


def browser_of(draws: Draws, resident: Resident, script: Script) -> None:
    """Where and with what somebody sits at this time of the day."""
    local = script.at.astimezone(CHINA_TIME)
    at_work = is_workday(local.date()) and 9 <= local.hour < 18
    if at_work and resident.office is not None and draws.chance(0.6):
        script.address, script.device = resident.office, resident.computer or resident.phone
    elif resident.computer is not None and draws.chance(0.5):
        script.address, script.device = resident.home, resident.computer
    else:
        script.address = resident.home if draws.chance(0.55) else neighbour(draws, resident.carrier)
        script.device = resident.phone


def sign_in(draws: Draws, resident: Resident, script: Script, to: Portal) -> str | None:
    """The session's digest; None where they gave up."""
    method = resident.method
    script.waits(5, 40)
    if method == "sms":
        script.says(SmsCodeSent("sign_in"))
        script.waits(8, 50)
    failures = draws.count(0.3 if resident.is_old else 0.08) if method != "passkey" else 0
    for _ in range(min(failures, 4)):
        refuse(script, method, resident.person_id, resident.person_id, to.client_id)
        script.waits(6, 45)
    if failures > 3 and draws.chance(0.5):
        return None
    return signed_in(draws, resident.person_id, script, to, method)


def signed_in(draws: Draws, person_id: str, script: Script, to: Portal, method: str) -> str:
    session_id = draws.digest()
    level = 3 if method == "passkey" and to.level > 2 else 2
    script.says(SignedIn(person_id, to.client_id, level, (method,), session_id))
    return session_id


def show_face(draws: Draws, resident: Resident, script: Script, to: Portal) -> bool:
    """Level 3, for who has not come by a passkey that reaches it."""
    if resident.method == "passkey":
        return True
    script.waits(10, 40)
    script.says(FaceConsentGiven(resident.person_id, draws.uuid(script.at), CONSENT_VERSION))
    for _ in range(4):
        script.waits(15, 60)
        if not draws.chance(0.35 if resident.is_old else 0.1):
            script.says(faces.checked(draws, resident.person_id))
            script.says(SteppedUp(resident.person_id, to.client_id, 3, ("face",)))
            return True
        script.says(faces.refused(draws, resident.person_id, draws.choice(FACE_FAILURES)))
    return False


def agree(draws: Draws, person_id: str, script: Script, to: Portal) -> bool:
    if not draws.chance(0.12):
        return True  # they have before
    script.waits(4, 30)
    if draws.chance(0.03):
        script.says(ConsentRefused(to.client_id, person_id, to.scopes))
        return False
    script.says(ConsentGranted(to.client_id, person_id, to.scopes, to.purpose, 180))
    return True


def fetch(draws: Draws, person_id: str, script: Script, to: Portal) -> str:
    """Code, tokens, what the portal is told; the grant's id."""
    grant_id = draws.digest()
    script.waits(0.1, 1)
    script.says(CodeIssued(to.client_id, person_id, to.scopes, to.level, grant_id))
    script.waits(0.2, 1.5)
    issued = TokenIssued(
        to.client_id, person_id, "authorization_code", to.scopes, grant_id, token_id=draws.short()
    )
    script.server_says(issued, to.server)
    script.waits(0.05, 0.4)
    script.server_says(ClaimsReleased(to.client_id, person_id, to.scopes, to.purpose), to.server)
    return grant_id


def refresh(draws: Draws, person_id: str, script: Script, to: Portal, grant_id: str) -> None:
    """An app that stays open for a while."""
    for _ in range(draws.randint(0, 3)):
        script.waits(540, 620)
        issued = TokenIssued(to.client_id, person_id, "refresh_token", to.scopes, grant_id, draws.short())
        script.server_says(issued, to.server)


def sign_out(draws: Draws, person_id: str, script: Script, to: Portal, session_id: str) -> None:
    script.says(SignedOut(person_id, to.client_id, session_id))
    if draws.chance(0.01):
        failed = LogoutFailed(to.client_id, person_id, session_id, "away", 8)
        script.worker_says(failed, after_seconds=timedelta(hours=2).total_seconds())
    else:
        script.worker_says(LogoutDelivered(to.client_id, person_id, session_id, 1))


def reference(draws: Draws) -> str:
    """As of an error page; `idp explain` knows none of them."""
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    drawn = "".join(draws.choices(letters[10:], k=2) + draws.choices(letters, k=6))
    return f"{drawn[:4]}-{drawn[4:]}"


def portal_of_the_day(draws: Draws, *, is_deadline: bool) -> Portal | None:
    return TAX if is_deadline and draws.chance(0.8) else None
