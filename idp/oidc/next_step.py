"""The one place that decides what an interaction needs next. Pure: facts in, a step out."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from idp.mandates.models import Role
from idp.oidc import errors, levels
from idp.oidc.acting.choice import UNDECIDED, Acting
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.metadata import Client
from idp.oidc.interaction import Interaction
from idp.oidc.levels import PRESENT, VERIFIED, LevelAsked
from idp.oidc.sharing import Agreed
from idp.sessions import SignIn

NUMBER_SCOPE = "resident_number"
ANEW = {"login", "select_account", "create"}
"""The values of `prompt` after which nothing counts that was proved before."""


class Step(StrEnum):
    """What an interaction needs next."""

    LOGIN = "login"
    ENROL = "enrol"
    """The account was never bound to a verified person; what is asked needs one that is."""
    PRESENCE = "presence"
    CHOOSE = "choose"
    """As themselves, or for somebody who gave them a mandate."""
    CONSENT = "consent"
    ISSUE = "issue"
    RETURN = "return"
    """An interaction of our own pages is done."""
    # The client gets an error:
    LOGIN_REQUIRED = "login_required"
    INTERACTION_REQUIRED = "interaction_required"
    ACCOUNT_SELECTION_REQUIRED = "account_selection_required"
    CONSENT_REQUIRED = "consent_required"
    UNREACHABLE = "unreachable"


REFUSALS: dict[Step, errors.ProtocolError] = {
    Step.LOGIN_REQUIRED: errors.LoginRequired("The person has to sign in."),
    Step.INTERACTION_REQUIRED: errors.InteractionRequired("The person has to prove more."),
    Step.ACCOUNT_SELECTION_REQUIRED: errors.AccountSelectionRequired(
        "The person has to say for whom they act."
    ),
    Step.CONSENT_REQUIRED: errors.ConsentRequired("The person has to agree."),
    Step.UNREACHABLE: errors.UnmetAuthenticationRequirements("The acr asked for cannot be reached here."),
}
# OpenID Connect Core 1.0 sections 3.1.2.1 and 3.1.2.6: what prompt=none answers instead of a page.
WITHOUT_PAGES = {
    Step.LOGIN: Step.LOGIN_REQUIRED,
    Step.ENROL: Step.INTERACTION_REQUIRED,
    Step.PRESENCE: Step.INTERACTION_REQUIRED,
    Step.CHOOSE: Step.ACCOUNT_SELECTION_REQUIRED,
    Step.CONSENT: Step.CONSENT_REQUIRED,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when an interaction goes on."""

    sign_in: SignIn | None = None
    """Who is signed in in this browser."""
    client: Client | None = None
    """None for one of our own pages."""
    agreed: Agreed | None = None
    """What they have agreed to with this client."""
    presence_seconds: int = 0
    """How long presence counts for this client."""
    sub: str | None = None
    """Who the signed-in person is to this client."""
    acting: Acting = UNDECIDED
    """For whom they act there; looked up where a client accepts that."""
    highest_level: int = levels.HIGHEST
    """That can be reached here."""


def next_step(interaction: Interaction, facts: Facts, now: datetime) -> Step:
    """What this interaction needs next; nothing else decides it."""
    step = _next(interaction, facts, now)
    request = interaction.request
    if request is None or "none" not in request.prompt:
        return step
    if step is Step.CHOOSE and facts.agreed is None:
        # To whom the person has never agreed to anything, nothing tells whether they may act for others.
        step = Step.CONSENT
    return WITHOUT_PAGES.get(step, step)


def level_asked(interaction: Interaction, client: Client | None, highest: int) -> int:
    """The lowest level that a sign-in has to reach, for the pages that offer the ways."""
    return asked_of(interaction, client, highest).needed


def asked_of(interaction: Interaction, client: Client | None, highest: int) -> LevelAsked:
    """`highest`: what can be reached here."""
    if interaction.request is None or client is None:
        return LevelAsked(interaction.least_level)
    request = interaction.request
    # A text message alone must not release the number that everything else is keyed on.
    # Nor does anybody act for somebody else whom it alone binds to their name.
    acts = not client.metadata.accepts(None)
    least = VERIFIED if acts or NUMBER_SCOPE in request.units else levels.LOWEST
    minimum = max(client.metadata.minimum_level, least, request.particulars.minimum_level)
    return levels.ask(minimum, request.acr_values, request.essential_acr, highest)


def counting(
    interaction: Interaction, client: Client | None, sign_in: SignIn | None, now: datetime
) -> SignIn | None:
    """The sign-in as far as this request lets it count; None when nothing of it does.

    After `prompt=login` and beyond `max_age` older proofs do not: or a text message would renew the level
    of a password that somebody else showed hours ago.
    """
    request = interaction.request
    if sign_in is None or (request is None and not interaction.is_anew):
        return sign_in
    if request is None:
        return _proved_since(sign_in, interaction.started_at)
    # OpenID Connect Core 1.0 section 3.1.2.1, prompt. Where people act for others, to select an account is to
    # choose anew for whom, or to say that one is somebody else; elsewhere there is nothing to select from.
    anew = {"login", "create"} if client and client.metadata.accepts_hats else ANEW
    is_anew = not anew.isdisjoint(request.prompt)
    proofs = tuple(
        proof
        for proof in sign_in.proofs
        if proof.at >= interaction.started_at or (not is_anew and _is_recent(request, proof.at, now))
    )
    if len(proofs) == len(sign_in.proofs):
        return sign_in
    return replace(sign_in, proofs=proofs) if proofs else None


def _proved_since(sign_in: SignIn, moment: datetime) -> SignIn | None:
    """For a page of our own that asks for a proof of now."""
    proofs = tuple(proof for proof in sign_in.proofs if proof.at >= moment)
    return replace(sign_in, proofs=proofs) if proofs else None


def _next(interaction: Interaction, facts: Facts, now: datetime) -> Step:
    request, client = interaction.request, facts.client
    asked = asked_of(interaction, client, facts.highest_level)
    if request is None or client is None:
        own = facts.sign_in if request is not None else counting(interaction, None, facts.sign_in, now)
        if own is None:
            return Step.LOGIN
        is_enough = asked.is_met_by(own.level(now, facts.presence_seconds))
        return Step.RETURN if is_enough else _raising(asked.needed, own)
    if asked.unreachable:
        return Step.UNREACHABLE
    sign_in = counting(interaction, client, facts.sign_in, now)
    if sign_in is None:
        # Initiating User Registration via OpenID Connect 1.0 section 4.1
        return Step.ENROL if "create" in request.prompt else Step.LOGIN
    if request.hinted_sub is not None and request.hinted_sub != facts.sub:
        # OpenID Connect Core 1.0 section 3.1.2.2: never another person's answer to a hint.
        return Step.LOGIN
    if not asked.is_met_by(sign_in.level(now, facts.presence_seconds)):
        return _raising(asked.needed, sign_in)
    if client.metadata.accepts_hats:
        others = facts.acting.is_for_others or not facts.acting.self_fits
        if others and sign_in.level(now, facts.presence_seconds) < VERIFIED:
            # Nobody acts for somebody else whom nothing but a phone binds to their name.
            return _raising(VERIFIED, sign_in)
        if _has_to_choose(interaction, request, client, facts.acting, sign_in):
            return Step.CHOOSE
    if not _is_agreed(interaction, request, client, facts.agreed, now):
        return Step.CONSENT
    if not _particulars_are_agreed(interaction, request, facts, sign_in.person_id, now):
        return Step.CONSENT
    return Step.ISSUE


def _has_to_choose(
    interaction: Interaction, request: AuthorizationRequest, client: Client, acting: Acting, sign_in: SignIn
) -> bool:
    """Nobody is asked who can act for themselves alone, where that is accepted; unless they are to select an
    account, and have not just signed in to it, or may add the organisation that they come for."""
    if acting.choice is not None:
        return False
    if acting.is_for_others or acting.counts_no_more or not acting.self_fits:
        return True
    if "select_account" not in request.prompt:
        return False
    return (
        client.metadata.accepts(Role.LEGAL_REPRESENTATIVE)
        or sign_in.authenticated_at < interaction.started_at
    )


def _raising(needed: int, sign_in: SignIn) -> Step:
    if needed >= VERIFIED > sign_in.account_level:
        return Step.ENROL
    return Step.PRESENCE if needed >= PRESENT else Step.LOGIN


def _is_recent(request: AuthorizationRequest, proved_at: datetime, now: datetime) -> bool:
    # OpenID Connect Core 1.0 section 3.1.2.1, max_age. Whole seconds, as auth_time shows them.
    age = int(now.timestamp()) - int(proved_at.timestamp())
    return request.max_age is None or (age <= request.max_age and request.max_age > 0)


def _is_agreed(
    interaction: Interaction,
    request: AuthorizationRequest,
    client: Client,
    agreed: Agreed | None,
    now: datetime,
) -> bool:
    if agreed is None or not agreed.covers(request.units, client.metadata.purpose_code, now):
        return False
    if "consent" in request.prompt or _any_program_may_ask(request, client):
        return agreed.given_at >= interaction.started_at
    return True


def _any_program_may_ask(request: AuthorizationRequest, client: Client) -> bool:
    """RFC 8252 section 8.6: where an app without a secret takes its answers at a loopback address or by
    a scheme of its own, every program on the device can ask in its name, and having agreed once is
    no answer to it."""
    metadata = client.metadata
    is_native = metadata.is_public and metadata.application_type == "native"
    return is_native and not request.redirect_uri.startswith("https://")


def _particulars_are_agreed(
    interaction: Interaction,
    request: AuthorizationRequest,
    facts: Facts,
    person_id: str,
    now: datetime,
) -> bool:
    """RFC 9396 section 3.1: by this person, in this interaction or, where that may be, before it. What they
    agreed to for themselves they did not agree to for somebody else."""
    may_know = facts.acting.standing is None
    remembered = facts.agreed.remembered(now) if may_know and facts.agreed is not None else ()
    in_this = interaction.agreed if interaction.agreed_by == person_id else ()
    return request.particulars.to_ask(remembered) <= set(in_this)
