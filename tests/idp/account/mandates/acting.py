"""People who ask each other to act for them, and a register that knows who cares for whom."""

from datetime import date, timedelta

from sqlalchemy import select

from idp.mandates.models import Mandate, MandateInvitation
from idp.people import directory
from idp.people.models import Person
from idp.people.registry import Relation, guardianships
from idp.people.registry.embedded import RegisterRecord, find_entry, upsert
from idp.people.resident_number import SANDBOX_ADDRESS, compose
from tests.idp.login.conftest import add_account
from tests.idp.login.test_enrolment import activation_code
from tests.idp.login.visitor import PERSON, Site, Someone, Visitor

FRIEND = Someone(
    "赵六", compose(SANDBOX_ADDRESS, date(1988, 8, 8), 5), "+8613800138005", "four quiet rivers", None
)
CHILD = Someone("张小宝", compose(SANDBOX_ADDRESS, date(2020, 5, 1), 7), "+8613800138007", "", None)
MANDATES = "/account/mandates"


def friends(site: Site) -> None:
    """Somebody whom the person may ask has an account, too."""
    found = site.services
    with found.sessions.begin() as session:
        add_account(session, FRIEND, found.cipher, found.index)


def cares(
    site: Site, relation: Relation | None = Relation.PARENT, ward: Someone = CHILD, by: Someone = PERSON
) -> None:
    """From now on the register says so."""
    found = site.services
    now = found.clock()
    with found.sessions.begin() as session:
        upsert(
            session, RegisterRecord(ward.number, ward.name), cipher=found.cipher, index=found.index, now=now
        )
        session.flush()
        guardian, other = (find_entry(session, found.index, one.number) for one in (by, ward))
        assert guardian is not None
        assert other is not None
        guardianships.keep(session, guardian.id, other.id, relation, now=now)


def signed_in(site: Site, someone: Someone = PERSON, path: str = MANDATES) -> Visitor:
    visitor = site.visitor().get(path)
    assert visitor.path == "/login", visitor.url
    return visitor.sign_in(someone)


def present(visitor: Visitor, someone: Someone = PERSON) -> Visitor:
    """Shows that they are here, by a code from a service window, and comes back."""
    assert visitor.path == "/login/presence", (visitor.url, visitor.page.text)
    visitor.click("way-activation")
    return visitor.submit("activation-form", code=activation_code(visitor.site, someone.number))


def asks(site: Site, visitor: Visitor | None = None, **typed: str) -> Visitor:
    """The person asks the friend; at the page that follows."""
    visitor = visitor or signed_in(site)
    visitor.get(f"{MANDATES}/invite")
    if visitor.path == "/login/presence":
        present(visitor)
    day = directory.day_in_china(site.clock()) + timedelta(days=30)
    fields = {"name": FRIEND.name, "number": FRIEND.number, "scope": "all", "until": str(day)}
    return visitor.submit("invite-form", **{**fields, **typed})


def accepts(site: Site, visitor: Visitor | None = None, someone: Someone = FRIEND) -> Visitor:
    visitor = visitor or signed_in(site, someone)
    visitor.get(MANDATES).click("invitation-1-open").submit("answer-form", decision="accept")
    if visitor.path == "/login/presence":
        present(visitor, someone).submit("answer-form", decision="accept")
    return visitor


def granted(site: Site) -> str:
    """The id of the mandate that the friend has accepted."""
    asks(site)
    accepts(site)
    (mandate,) = mandates(site)
    return mandate.id


def forged(visitor: Visitor, path: str, **typed: str) -> Visitor:
    """Sends what no page offered them, from a page of their own."""
    form = next(form for form in visitor.get("/account").page.forms if form)
    return visitor.submit(form, url=path, **typed)


def mandates(site: Site) -> list[Mandate]:
    with site.services.sessions() as session:
        return list(session.scalars(select(Mandate).order_by(Mandate.granted_at)))


def invitations(site: Site) -> list[MandateInvitation]:
    with site.services.sessions() as session:
        return list(session.scalars(select(MandateInvitation).order_by(MandateInvitation.id)))


def person_of(site: Site, someone: Someone) -> Person | None:
    with site.services.sessions() as session:
        return directory.find_by_number(session, site.services.index, someone.number)
