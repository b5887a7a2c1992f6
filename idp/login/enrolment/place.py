"""Which enrolment a page belongs to, where its pages are, and what everybody is told when it is over."""

from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, redirect, request, url_for

from idp.browser import browser_digest, browser_id
from idp.extensions import services
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import Visit, current_visit, page
from idp.oidc import interaction as interactions
from idp.oidc.interaction import InteractionExpired, InteractionForeign
from idp.people.enrolment import Enrolment, Purpose, WrongStep
from idp.people.enrolment_records import EnrolmentChanged, EnrolmentGone, Held


@dataclass(frozen=True, slots=True)
class Place:
    """An enrolment and the sign-in that it is for; that one may have run out meanwhile."""

    held: Held
    visit: Visit | None

    @property
    def enrolment(self) -> Enrolment:
        return self.held.enrolment

    @property
    def flow(self) -> str:
        return flow_of(self.enrolment.purpose)

    @property
    def interaction_id(self) -> str | None:
        return None if self.visit is None else self.visit.id

    def url(self, endpoint: str, **values: Any) -> str:
        return url_for(endpoint, enrolment=self.enrolment.id, interaction=self.interaction_id, **values)

    def go(self, endpoint: str = "login.enrol_next", **values: Any) -> Response:
        """To the page that is next, or to a named one."""
        return make_response(redirect(self.url(endpoint, **values), 303))

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        return page(template, self.visit, status=status, flow=self.flow, **context)

    def living_visit(self) -> Visit:
        """Where to go on: our own pages when the sign-in that all this was for has run out."""
        return self.visit or start_for_our_own_pages()


def current_place() -> Place:
    """Raises EnrolmentGone."""
    found = services()
    enrolment_id = request.args.get("enrolment", "")
    held = login_services().desk.find(enrolment_id, browser_digest(), found.clock())
    if found.store.get(_finished(enrolment_id)) is not None:
        raise EnrolmentGone
    return Place(held, living_visit())


def living_visit() -> Visit | None:
    try:
        return current_visit()
    except (InteractionExpired, InteractionForeign):
        return None


def start_for_our_own_pages(target: str = "/account", *, level: int = 1, anew: bool = False) -> Visit:
    """`anew`: whatever was proved before."""
    found = services()
    seconds = found.settings.protocol.interaction_seconds
    started = interactions.start_account(
        found.store, browser_id(), found.clock(), seconds=seconds, target=target, level=level, anew=anew
    )
    return Visit(started, None)


def begin(visit: Visit, purpose: Purpose) -> Place:
    held = login_services().desk.begin(
        purpose, browser=browser_digest(), interaction_id=visit.id, now=services().clock()
    )
    return Place(held, visit)


def finish(place: Place) -> bool:
    """End it: True once. Afterwards its pages are gone, also for who finds them in the history."""
    seconds = login_services().desk.seconds
    return services().store.add_once(_finished(place.enrolment.id), b"1", seconds=seconds)


def flow_of(purpose: Purpose) -> str:
    return purpose.value


@blueprint.errorhandler(EnrolmentGone)
def _gone(_error: EnrolmentGone) -> Response:
    visit = living_visit()
    again = None if visit is None else visit.resume_url
    return page("login/expired.html", visit, status=400, kind="expired", portal_url=again)


@blueprint.errorhandler(WrongStep)
@blueprint.errorhandler(EnrolmentChanged)
def _moved_on(_error: Exception) -> Response:
    """A second tab, a second click or the back button: on to where the enrolment stands."""
    return current_place().go()


def _finished(enrolment_id: str) -> str:
    return f"enrolment-finished:{enrolment_id}"
