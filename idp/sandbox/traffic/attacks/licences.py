"""Licences that no authority made, or that one has taken back."""

from datetime import timedelta

from idp.audit.events.licences import LicenceRefused
from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.places import Place
from idp.sandbox.traffic.town import AUTHORITY, TAX

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = ("authorities", "signatures", "revoked", "challenge", "signature")


def licence_failures(plot: Plot) -> None:
    """Certificates made at home in the name of an authority, one after another."""
    tries, takes, addresses = {
        Intensity.LOUD: (50, HOUR, 1),
        Intensity.SLOW: (40, HOUR * 12, 1),
        Intensity.DISTRIBUTED: (50, HOUR * 4, 25),
        Intensity.LOW: (6, DAY * 8, 6),
    }[plot.intensity]
    draws = plot.draws
    pool = plot.addresses(addresses, Place.ABROAD)
    # In the name of an authority that is trusted, or under one that the attacker has made up.
    issuer = AUTHORITY if plot.intensity in (Intensity.LOUD, Intensity.LOW) else draws.hexadecimal()
    plot.about("issuer", issuer)
    for number, at in enumerate(plot.times(tries, takes)):
        script = plot.script(at, pool[number % len(pool)], draws.digest())
        rule = draws.choices(RULES, (0.4, 0.3, 0.1, 0.1, 0.1))[0]
        script.says(LicenceRefused(rule, "signature", TAX.client_id, draws.hexadecimal(), issuer=issuer))
