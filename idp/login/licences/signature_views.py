"""A licence by a signature over the page's challenge: made anywhere and uploaded, or made by a signing agent.

The agent is a program on the computer; the page's script asks it at an address of the computer itself
(docs/licences.md, "The signing agent"). Without a script, or an agent, the files do the same.
"""

from base64 import b64encode
from contextlib import suppress

from flask import Response

from idp.business.licences.challenges import Challenge, read_challenge
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.extensions import services
from idp.headers import allow_connect
from idp.locales import gettext as _
from idp.login.factors.certificate import PURPOSE, Carrier
from idp.login.licences import admitting, upload
from idp.login.licences.admitting import BUSY, NotProved
from idp.login.licences.place import Place, current_place
from idp.login.licences.upload import Incomplete
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import current_visit, page

AGENT_PATH = "/yitong-signing-agent/1"
ASKED_BEFORE = (
    *(Rule.READABLE, Rule.ALGORITHM, Rule.PATH, Rule.SIGNATURES, Rule.VALIDITY, Rule.AUTHORITIES),
    *(Rule.EXTENSIONS, Rule.PURPOSE, Rule.SANDBOX, Rule.SUBJECT, Rule.SIGNATURE),
)
UNSPENT = frozenset({*(rule.value for rule in ASKED_BEFORE), BUSY})
"""What a signature is refused by without its challenge being used up: the same text may be signed again."""


@blueprint.get("/login/licence/signature")
def licence_signature() -> Response:
    place = current_place()
    return current_visit().lead_on() if place is None else _page(place)


@blueprint.post("/login/licence/signature")
def licence_signature_check() -> Response:
    return _checked(Carrier.SIGNATURE)


@blueprint.post("/login/licence/agent")
def licence_agent_check() -> Response:
    return _checked(Carrier.AGENT)


@blueprint.get("/login/licence/agent")
def licence_agent() -> Response:
    """A reload, or the language switch, on the page that followed a refused signature."""
    return licence_signature()


def _checked(carrier: Carrier) -> Response:
    place = current_place()
    if place is None:
        return current_visit().lead_on()
    read = upload.from_files if carrier is Carrier.SIGNATURE else upload.from_fields
    try:
        presented = read()
    except Incomplete as incomplete:
        words = _incomplete(incomplete.part)
        return _page(place, _shown_before(place), errors={incomplete.part: words}, status=422)
    return place.admit(
        lambda: admitting.prove(place.visit, presented, place.bound_to, carrier),
        lambda refused: _refused(place, refused),
    )


def _refused(place: Place, refused: NotProved) -> Response:
    kept = _shown_before(place) if refused.rule in UNSPENT else None
    return _page(place, kept, error=refused.words, rule=refused.rule, status=422)


def _page(
    place: Place, challenge: Challenge | None = None, *, status: int = 200, **shown: object
) -> Response:
    """`challenge`: the one that was shown before, so that what was signed stays good."""
    visit, found = place.visit, services()
    text = (challenge or login_services().licences.challenge(place.bound_to, found.clock())).text
    port = found.settings.licences.signing_agent_port
    agent = f"http://127.0.0.1:{port}" if port else None
    if agent is not None:
        allow_connect(agent)
    return page(
        "login/licence_signature.html",
        visit,
        status=status,
        challenge=text.decode("ascii"),
        challenge_field=upload.as_field(text),
        challenge_file=b64encode(text).decode("ascii"),
        agent={"address": agent + AGENT_PATH, "action": visit.url("login.licence_agent_check")}
        if agent
        else None,
        action=visit.url("login.licence_signature_check"),
        other_ways_url=visit.url("login.licence"),
        **shown,
    )


def _shown_before(place: Place) -> Challenge | None:
    """None unless it is this page's and still in time. Whether it was used only `redeem` says."""
    with suppress(Incomplete, LicenceRefused):
        shown = read_challenge(upload.challenge())
        if shown.is_for(PURPOSE, place.bound_to) and services().clock() < shown.expires:
            return shown
    return None


def _incomplete(part: str) -> str:
    return {
        "certificate": _("Choose the file of your licence: a certificate in PEM or DER."),
        "chain": _("This file is too long for certificates."),
        "signature": _("Choose the file with the signature over the text above."),
    }.get(part) or _("The form came back incomplete. Please sign the text below.")
