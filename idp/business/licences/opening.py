"""Licences as the settings have them: which roots, which demands, how revocation is asked."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.business.licences.certificates import Certificate
from idp.business.licences.challenges import Challenges
from idp.business.licences.checking import Checker, Policy
from idp.business.licences.path import Demands
from idp.business.licences.revocation import Revocation
from idp.business.licences.revocation.fetching import Fetcher, FetchLimits
from idp.business.licences.roots import read_roots
from idp.business.licences.sandbox.authority import HARDWARE_POLICY, root_files
from idp.business.licences.subject import Places
from idp.business.registry import BusinessRegister
from idp.outbound import Outbound
from idp.settings import Settings
from idp.storage.ephemeral import EphemeralStore

OpenOutbound = Callable[[FetchLimits], Outbound]


@dataclass(frozen=True, slots=True)
class Licences:
    checker: Checker
    challenges: Challenges


def configured_roots(settings: Settings) -> tuple[Certificate, ...]:
    """Raises RootsWrong; also for a sandbox's root where no sandbox is."""
    folder = settings.path(settings.licences.roots_directory)
    files = tuple(folder / name for name in settings.licences.roots)
    if settings.sandbox:
        files += root_files(settings.path(settings.data_directory))
    return read_roots(files, sandbox=settings.sandbox)


def open_licences(
    settings: Settings,
    store: EphemeralStore,
    register: BusinessRegister,
    open_outbound: OpenOutbound = Outbound,
) -> Licences | None:
    """None: no root is configured, and nobody signs in with a licence. Raises RootsWrong.

    A sandbox trusts its own authorities, as far as they have been made, believes what they say of hardware,
    and asks itself for their lists.
    """
    wanted = settings.licences
    allow, hardware = wanted.revocation_allow, frozenset(wanted.hardware_policies)
    if settings.sandbox:
        allow += (settings.issuer,)
        hardware |= {HARDWARE_POLICY}
    roots = configured_roots(settings)
    if not roots:
        return None
    outbound = open_outbound(FetchLimits(allow, wanted.revocation_timeout_seconds))
    policy = Policy(
        roots=roots,
        demands=Demands(frozenset(wanted.purposes), hardware),
        places=Places(wanted.code_from, wanted.holder_from),
        when_revocation_is_unknown=wanted.when_revocation_is_unknown,
        sandbox=settings.sandbox,
    )
    revocation = Revocation(store, lambda: Fetcher(outbound, allow), keep_seconds=wanted.revocation_seconds)
    return Licences(
        Checker(policy, revocation, register),
        Challenges(store, settings.issuer, seconds=wanted.challenge_seconds),
    )
