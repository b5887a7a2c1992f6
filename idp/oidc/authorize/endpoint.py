"""The authorization endpoint and what follows: an interaction goes on until it has its answer.

`Shown`, `InteractionExpired` and `InteractionForeign` are for the person and become a page; all other
errors go to the client.
"""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from idp import sessions
from idp.audit.events.protocol import AuthorizationRefused
from idp.crypto.digests import digest
from idp.oidc import errors, interaction, resources
from idp.oidc.authorize import outcome, popup, posted, sources
from idp.oidc.authorize.addressing import Shown, find_client, find_redirect_uri, return_address
from idp.oidc.authorize.answers import Answer
from idp.oidc.authorize.checks import Asked
from idp.oidc.authorize.deciding import Ending, decide
from idp.oidc.authorize.hinting import hinted_sub
from idp.oidc.authorize.redirecting import refused_at
from idp.oidc.authorize.request import parse
from idp.oidc.claims import kept
from idp.oidc.details.asking import with_particulars
from idp.oidc.facts import Unreachable
from idp.oidc.http import Request, Response, answer_redirect, method_not_allowed
from idp.oidc.inspection.redaction import words
from idp.oidc.interaction import Interaction, InteractionExpired
from idp.oidc.next_step import REFUSALS, Step
from idp.oidc.provider import Provider
from idp.oidc.session_management import browser_state

PATH = "/oauth2/authorize"
FOUND = "yitong.oidc.authorize.found"
"""In the WSGI environment, where no header can write: what the fast path came to, an answer or an error."""
TO_A_PAGE = "page"
MISLEADING = "redirect_uri"
REFUSALS_OF_ONE_ADDRESS = 300
"""In an hour, in the audit log."""
HOUR = 3600
PAGES = {
    Step.LOGIN: "/login",
    Step.ENROL: "/enrol",
    Step.PRESENCE: "/login/presence",
    Step.CHOOSE: "/choose",
    Step.CONSENT: "/consent",
}


def authorize(provider: Provider, request: Request, browser: str) -> Answer:
    """`browser`: the browser's id. Raises Shown."""
    if request.method == "POST":
        return popup.led_on(posted.receive(provider.store, provider.cipher, request, PATH), request.form)
    if request.method != "GET":
        return method_not_allowed(("GET", "POST"))
    given = posted.recall(provider.store, provider.cipher, request.query)
    try:
        client = find_client(given, provider.clients.find)
    except Shown as shown:
        shown.given = given
        raise
    now = provider.clock()
    try:
        source = sources.resolved(provider, client, given, now, address=request.address)
    except errors.ProtocolError as error:
        # What cannot be opened says for certain neither who asks nor where to answer.
        error.client_id = client.client_id
        raise Shown(error, given) from None
    asked = Asked(source.parameters, client)
    try:
        redirect_uri = find_redirect_uri(asked)
    except Shown as shown:
        shown.given, shown.error.client_id = source.parameters, client.client_id
        _note_misleading(provider, request, client.client_id, shown.error.error, browser, now)
        raise
    in_popup = popup.is_asked(asked, request)
    try:
        wanted = parse(asked, redirect_uri, hinted_sub(provider))
        named = resources.asked(provider, asked.parameters)
        wanted = replace(wanted, pushed=source.pushed, resources=named)
        wanted = with_particulars(provider, client, asked.parameters, wanted)
    except errors.ProtocolError as error:
        to = return_address(asked, redirect_uri)
        refused = refused_at(provider, request, client, to, error, now, given=source.parameters)
        return popup.beside_opener(refused, in_popup=in_popup)
    if wanted.claims:
        wanted = replace(wanted, claims=kept.seal(provider.cipher, wanted.client_id, wanted.claims))
    seconds = provider.protocol.interaction_seconds
    started = interaction.new(wanted, browser, now, seconds=seconds, in_popup=in_popup)
    answer = _go_on(provider, request, started, now, is_kept=False)
    if client.is_watched(now) and _is_to_a_page(answer):
        # What comes back from there is noted when it does.
        provider.inspector.answered(
            client, request, "authorize", None, now, given=source.parameters, outcome=TO_A_PAGE
        )
    return popup.beside_opener(answer, in_popup=in_popup)


def _is_to_a_page(answer: Answer) -> bool:
    """Of ours, and not back to the client."""
    return isinstance(answer, Response) and dict(answer.headers).get("Location", "").startswith("/")


def _note_misleading(
    provider: Provider, request: Request, client_id: str, error: str, browser: str, now: datetime
) -> None:
    """Somebody asked in a client's name to be led to an address that is not the client's: one mistake of its
    developer's, or many by who looks for one that is let through (RFC 9700 section 4.1)."""
    if provider.throttle.allow_from(request.address, "redirect_uri refusals", REFUSALS_OF_ONE_ADDRESS, HOUR):
        event = AuthorizationRefused(client_id, error, MISLEADING)
        provider.audit.append(event, provider.context(request, now, device=digest(browser)))


def resume(provider: Provider, request: Request, interaction_id: str, browser: str) -> Answer:
    """After a page has recorded its fact: on to the next, or back. Raises the errors of `find`."""
    now = provider.clock()
    found = interaction.find(provider.store, interaction_id, browser, now)
    return _go_on(provider, request, found, now, is_kept=True)


def cancel(
    provider: Provider, request: Request, interaction_id: str, browser: str, *, detail: str = "cancelled"
) -> Answer:
    """The person does not want to sign in, or not to share, or may not: back to where they came from."""
    now = provider.clock()
    found = interaction.find(provider.store, interaction_id, browser, now)
    if found.request is None or (client := provider.clients.find(found.request.client_id)) is None:
        return answer_redirect(found.target)
    _finish(provider, found)
    _use_up(provider, found)
    error = errors.AccessDenied("The person did not agree.", detail=detail)
    return outcome.refuse(provider, Ending(request, found, found.request, client, now), error)


def _go_on(
    provider: Provider, request: Request, current: Interaction, now: datetime, *, is_kept: bool
) -> Answer:
    wanted = current.request
    decided = decide(provider, current, request.cookie(sessions.COOKIE), now)
    step, client = decided.step, decided.client
    # Somebody may have signed in just now: what portals watch changes at once, not with an answer to one.
    state = browser_state.cookie(provider, request, decided.signed_in, now)
    if wanted is None or client is None:
        return answer_redirect(current.target if step is Step.RETURN else _page(step, current), headers=state)
    twists = provider.twists
    forced = None if twists is None else twists.ending(wanted, step)
    if step in PAGES and forced is None:
        if not is_kept:
            interaction.keep(provider.store, current, now)
        return answer_redirect(_page(step, current), headers=state)
    if is_kept:
        _finish(provider, current)
    _use_up(provider, current)
    ending = Ending(request, current, wanted, client, now)
    error = forced or _refusal(provider, ending, step)
    if error is not None:
        return outcome.refuse(provider, ending, error)
    return outcome.issue(provider, ending, decided)


def _refusal(provider: Provider, ending: Ending, step: Step) -> errors.ProtocolError | None:
    """What the client is told instead of a code; None: it gets one."""
    if step is not Step.UNREACHABLE:
        return REFUSALS.get(step)
    wanted = ending.wanted
    asked = wanted.essential_acr or wanted.acr_values
    fact = Unreachable(tuple(map(words, asked)), provider.highest_level, ending.client.metadata.minimum_level)
    return errors.UnmetAuthenticationRequirements(REFUSALS[step].description, fact=fact)


def _finish(provider: Provider, current: Interaction) -> None:
    """Raises InteractionExpired in all tabs but the first that comes to the end."""
    if not interaction.finish(provider.store, current):
        raise InteractionExpired(current.client_id, kind="finished")


def _use_up(provider: Provider, current: Interaction) -> None:
    """Raises InteractionExpired when what was pushed has been answered before."""
    pushed = None if current.request is None else current.request.pushed
    if pushed is not None and not sources.use_up(provider, pushed):
        raise InteractionExpired(current.client_id, kind="finished")


def _page(step: Step, current: Interaction) -> str:
    return f"{PAGES[step]}?{urlencode({'interaction': current.id})}"
