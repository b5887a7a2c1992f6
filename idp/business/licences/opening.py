"""Licences as the settings have them: which roots, which demands, how revocation is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from idp.business.licences.certificates import Certificate
from idp.business.licences.challenges import Challenges
from idp.business.licences.checking import Checker, Policy
from idp.business.licences.path import Demands
from idp.business.licences.revocation import Revocation
from idp.business.licences.revocation.fetching import Fetcher, FetchLimits
from idp.business.licences.roots import read_authorities, read_roots
from idp.business.licences.sandbox.authority import HARDWARE_POLICY, issuing_files, root_files
from idp.business.licences.standing import MayHold, is_representative
from idp.business.licences.subject import Places
from idp.business.registry import BusinessRegister
from idp.outbound import Outbound
from idp.settings import Settings
from idp.storage.ephemeral import EphemeralStore

OpenOutbound = Callable[[FetchLimits], Outbound]
RootFiles = tuple[Path, ...]


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


def configured_authorities(settings: Settings) -> tuple[Certificate, ...]:
    """Raises RootsWrong."""
    folder = settings.path(settings.licences.roots_directory)
    files = tuple(folder / name for name in settings.licences.authorities)
    if settings.sandbox:
        files += issuing_files(settings.path(settings.data_directory))
    return read_authorities(files, sandbox=settings.sandbox)


def open_licences(
    settings: Settings,
    store: EphemeralStore,
    register: BusinessRegister,
    open_outbound: OpenOutbound = Outbound,
    may_hold: MayHold = is_representative,
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
        authorities=configured_authorities(settings),
        demands=Demands(frozenset(wanted.purposes), hardware),
        places=Places(wanted.code_from, wanted.holder_from),
        when_revocation_is_unknown=wanted.when_revocation_is_unknown,
        sandbox=settings.sandbox,
    )
    revocation = Revocation(store, lambda: Fetcher(outbound, allow), keep_seconds=wanted.revocation_seconds)
    return Licences(
        Checker(policy, revocation, register, may_hold),
        Challenges(store, settings.issuer, seconds=wanted.challenge_seconds),
    )


class LicencesAtHand:
    """Opened once; in a sandbox anew when an authority has been made since, as one can be while it runs.

    Raises RootsWrong at once, so that a provider refuses to start with roots that are none.
    """

    def __init__(
        self, open_now: Callable[[], Licences | None], root_files_now: Callable[[], RootFiles]
    ) -> None:
        self._open_now = open_now
        self._root_files_now = root_files_now
        self._lock = Lock()
        self._root_files = root_files_now()
        self._opened = open_now()

    def __call__(self) -> Licences | None:
        """None: no root is there, and nobody signs in with a licence."""
        root_files = self._root_files_now()
        if root_files != self._root_files:
            with self._lock:
                self._opened, self._root_files = self._open_now(), root_files
        return self._opened


def licences_at_hand(
    settings: Settings,
    store: EphemeralStore,
    register: BusinessRegister,
    *,
    may_hold: MayHold = is_representative,
    open_outbound: OpenOutbound = Outbound,
) -> LicencesAtHand:
    """Raises RootsWrong."""
    data_directory = settings.path(settings.data_directory)
    return LicencesAtHand(
        lambda: open_licences(settings, store, register, open_outbound, may_hold),
        lambda: issuing_files(data_directory) if settings.sandbox else (),
    )
