"""A client that is not what it was registered as, or whose secret somebody else has."""

from datetime import datetime, timedelta

from idp.audit.events.protocol import AuthorizationRefused, CodeReplayed, TokenRefused
from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.places import Place
from idp.sandbox.traffic.town import BUSES, HOUSING, SCHOOLS, Portal
from idp.sandbox.traffic.visits import WRONG_ADDRESS, reference

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def redirect_probing(plot: Plot) -> None:
    """Requests of a known client with addresses that it never registered, and response modes that leak."""
    tries, takes, addresses = _size(plot, loud=70, slow=60, distributed=90, low=9)
    draws, to = plot.draws, BUSES
    plot.about("client", to.client_id)
    for at, address in _from(plot, tries, takes, addresses):
        script = plot.script(at, address)
        if draws.chance(0.9):
            script.device = draws.digest()
            script.says(AuthorizationRefused(to.client_id, "invalid_request", WRONG_ADDRESS))
        else:
            script.says_outside(
                AuthorizationRefused(to.client_id, "unsupported_response_type", reference(draws))
            )


def scope_probing(plot: Plot) -> None:
    """Which claims would this client be given? Each is asked for once, with and without a person."""
    tries, takes, addresses = _size(plot, loud=60, slow=50, distributed=70, low=8)
    draws, to = plot.draws, HOUSING
    plot.about("client", to.client_id)
    for at, address in _from(plot, tries, takes, addresses):
        script = plot.script(at, address)
        if draws.chance(0.7):
            script.says_outside(AuthorizationRefused(to.client_id, "invalid_scope", reference(draws)))
        else:
            script.says_outside(TokenRefused(to.client_id, "invalid_scope", reference(draws)))


def code_replay(plot: Plot) -> None:
    """Codes read from a portal's log or a proxy, redeemed a second time with the portal's own secret."""
    tries, takes, addresses = _size(plot, loud=12, slow=12, distributed=14, low=2)
    draws = plot.draws
    to: Portal = draws.choice((SCHOOLS, HOUSING))
    plot.about("client", to.client_id)
    for at, address in _from(plot, tries, takes, addresses):
        script = plot.script(at, address)
        script.says_outside(CodeReplayed(to.client_id, draws.digest()))
        if draws.chance(0.5):  # and codes that have run out
            script.waits(1, 20)
            script.says_outside(TokenRefused(to.client_id, "invalid_grant", reference(draws)))


def _size(plot: Plot, *, loud: int, slow: int, distributed: int, low: int) -> tuple[int, timedelta, int]:
    return {
        Intensity.LOUD: (loud, HOUR / 3, 1),
        Intensity.SLOW: (slow, HOUR * 10, 1),
        Intensity.DISTRIBUTED: (distributed, HOUR * 2, 40),
        Intensity.LOW: (low, DAY * 8, low),
    }[plot.intensity]


def _from(plot: Plot, tries: int, takes: timedelta, addresses: int) -> list[tuple[datetime, str]]:
    pool = plot.addresses(addresses, Place.OTHER_CITY if addresses == 1 else Place.ABROAD)
    return [(at, pool[number % len(pool)]) for number, at in enumerate(plot.times(tries, takes))]
