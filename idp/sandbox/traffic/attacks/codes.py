"""QR codes that somebody else began: whoever scans and agrees signs the stranger in."""

from datetime import timedelta

from idp.audit.events.decoupled import AuthorizationApproved, AuthorizationDenied, AuthorizationRequested
from idp.audit.events.licence_app import LicenceRequestRefused
from idp.audit.events.protocol import TokenIssued
from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.noise.businesses import shown
from idp.sandbox.traffic.places import Place, hideout
from idp.sandbox.traffic.town import KIOSK, TAX
from idp.sandbox.traffic.visits import fetch, signed_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


def consent_phishing(plot: Plot) -> None:
    """Codes begun in one place and sent out as messages about a refund; most people notice, some say so."""
    sent, takes, addresses = {
        Intensity.LOUD: (60, HOUR, 1),
        Intensity.SLOW: (50, HOUR * 20, 1),
        Intensity.DISTRIBUTED: (60, HOUR * 3, 30),
        Intensity.LOW: (8, DAY * 8, 8),
    }[plot.intensity]
    draws = plot.draws
    plot.about("client", KIOSK.client_id)
    pool = plot.addresses(addresses, Place.ABROAD)
    for number, at in enumerate(plot.times(sent, takes)):
        address, grant_id, victim = pool[number % len(pool)], draws.digest(), plot.town.anybody(draws)
        stranger = plot.script(at, address)
        stranger.says_outside(AuthorizationRequested(KIOSK.client_id, "device", KIOSK.scopes, grant_id))
        phone = plot.script(at + draws.seconds(60, 500), victim.carrier, victim.phone)
        said = draws.random()
        if said < 0.25:
            approved = AuthorizationApproved(
                KIOSK.client_id, victim.person_id, "device", KIOSK.scopes, 2, grant_id
            )
            phone.says(approved)
            stranger.at = phone.at + draws.seconds(1, 5)
            issued = TokenIssued(
                KIOSK.client_id, victim.person_id, DEVICE_CODE, KIOSK.scopes, grant_id, draws.short()
            )
            stranger.says_outside(issued)
            plot.about("person", victim.person_id)
        elif said < 0.5:
            phone.says(AuthorizationDenied(KIOSK.client_id, victim.person_id, "device", "refused", grant_id))
        elif said < 0.6:
            phone.says(LicenceRequestRefused("not_mine", TAX.client_id))
            plot.about("client", TAX.client_id)


def licence_relay(plot: Plot) -> None:
    """The QR code of the tax portal's page, shown on a page of the attacker's: heads of firms scan it with
    their licence apps and sign the attacker in. Some notice, and say so."""
    sent, takes, addresses = {
        Intensity.LOUD: (24, HOUR, 1),
        Intensity.SLOW: (24, HOUR * 14, 1),
        Intensity.DISTRIBUTED: (30, HOUR * 4, 15),
        Intensity.LOW: (6, DAY * 8, 6),
    }[plot.intensity]
    draws = plot.draws
    places = [(hideout(draws, Place.OTHER_CITY), draws.digest()) for _ in range(addresses)]
    for address, _device in places:
        plot.about("address", address)
    plot.about("client", TAX.client_id)
    for number, at in enumerate(plot.times(sent, takes)):
        victim = plot.town.anybody(draws)
        if draws.chance(0.15):
            plot.script(at, victim.carrier).says(LicenceRequestRefused("not_mine", TAX.client_id))
            continue
        script = plot.script(at, *places[number % len(places)])
        shown(script, victim.person_id, victim.organisation_id, "app", "other")
        signed_in(draws, victim.person_id, script, TAX, "licence")
        fetch(draws, victim.person_id, script, TAX)
        plot.about("person", victim.person_id)
