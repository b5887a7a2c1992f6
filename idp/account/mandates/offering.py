"""What the forms offer: the matters that may be given, and the days until which."""

from datetime import date, datetime

from idp.extensions import services
from idp.locales import current_locale
from idp.mandates.days import Days, last_day
from idp.mandates.matters import Party, of_party
from idp.mandates.standing import Standing


def days(above: Standing | None = None) -> Days:
    """`above`: the mandate on whose strength it is given; None between people."""
    found = services()
    ends = None if above is None else above.expires_at
    return Days.from_now(found.clock(), found.settings.mandates.longest_days, ends)


def until(above: Standing | None = None, *, expires_at: datetime | None = None) -> dict[str, date]:
    """The days of a form, with the one that stands there: the last of what there is, or a usual one."""
    offered = days(above)
    value = offered.usual if expires_at is None else last_day(expires_at)
    return {"min": offered.first, "max": offered.last, "value": value}


def matters(party: Party, above: Standing | None = None) -> list[dict[str, str]]:
    """With their names. `above`: nobody gives more than they have."""
    locale = current_locale()
    return [
        {"code": matter.code, "name": matter.names[locale]}
        for matter in of_party(services().mandates.matters, party)
        if above is None or above.covers(matter.code)
    ]
