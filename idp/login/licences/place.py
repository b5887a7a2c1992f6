"""Where a licence is asked for: at the beginning of a sign-in, or where somebody shows that they are here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Response

from idp.browser import browser_id
from idp.login import admission
from idp.login.factors.certificate import LicenceProof
from idp.login.licences import admitting
from idp.login.licences.admitting import NotProved
from idp.login.services import login_services
from idp.login.visits import Visit, current_visit, decided
from idp.oidc.next_step import Step

AT_THE_BEGINNING: Final = frozenset({Step.LOGIN, Step.ENROL})

Again = Callable[[NotProved], Response]


@dataclass(frozen=True, slots=True)
class Place:
    visit: Visit
    only: str | None
    """Who shows that they are here; None at the beginning, where anybody may come."""

    @property
    def bound_to(self) -> str:
        """What a challenge made here is for: this sign-in, in this browser."""
        return f"{self.visit.id} {browser_id()}"

    @property
    def other_ways_url(self) -> str:
        return self.visit.url("login.identify" if self.only is None else "login.presence")

    def admit(self, prove: Callable[[], LicenceProof], again: Again) -> Response:
        """Sign the holder in and go on, or show the page again."""
        try:
            secret = admitting.admit(self.visit, prove(), only=self.only)
        except NotProved as error:
            return again(error)
        return admission.signed_in(self.visit.lead_on(), secret)


def current_place() -> Place | None:
    """None where no licence is asked for (any more): another tab was faster, or none are taken here.

    Raises InteractionExpired, InteractionForeign.
    """
    visit = current_visit()
    if not login_services().licences.are_offered:
        return None
    stand = decided(visit)
    if stand.step in AT_THE_BEGINNING:
        return Place(visit, None)
    if stand.step is Step.PRESENCE and stand.sign_in is not None:
        return Place(visit, stand.sign_in.person_id)
    return None
