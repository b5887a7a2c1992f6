"""Guessing at one thing until it is right: an account, a client's secret, a code on a screen, an officer."""

from datetime import timedelta

from idp.audit.events.credentials import RecoveryRefused
from idp.audit.events.decoupled import AuthorizationApproved, UserCodeRefused
from idp.audit.events.people import ActivationCodeRefused, BindingTried, EnrolmentRefused, EnrolmentStarted
from idp.audit.events.protocol import TokenRefused
from idp.audit.events.staff import StaffSignInDelayed, StaffSignInRefused
from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.places import Place, hideout
from idp.sandbox.traffic.town import HALL, HOUSING, KIOSK
from idp.sandbox.traffic.visits import fetch, reference, signed_in
from idp.sandbox.traffic.waiting import Waits, try_password

MEANS = "password_and_totp"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def account_guessing(plot: Plot) -> None:
    """One person's password, by somebody who knows them: birthdays, children. The last guess is right."""
    tries, takes, browsers = {
        Intensity.LOUD: (16, HOUR / 2, 1),
        Intensity.SLOW: (24, HOUR * 12, 1),
        Intensity.DISTRIBUTED: (24, HOUR * 2, 8),
        Intensity.LOW: (10, DAY * 8, 3),
    }[plot.intensity]
    draws, waits = plot.draws, Waits()
    victim = plot.town.victim(draws).person_id
    plot.about("person", victim)
    places = [(hideout(draws, Place.TOWN), draws.digest()) for _ in range(browsers)]
    times = plot.times(tries, takes)
    for number, at in enumerate(times):
        script = plot.script(at, *places[number % len(places)])
        is_right = number == len(times) - 1
        if try_password(waits, script, victim, victim, HALL.client_id, is_right=is_right):
            signed_in(draws, victim, script, HALL, "password")
            fetch(draws, victim, script, HALL)


def client_guessing(plot: Plot) -> None:
    """Secrets of a portal, at the token endpoint; who is not authenticated is not named."""
    tries, takes, addresses = {
        Intensity.LOUD: (250, HOUR, 1),
        Intensity.SLOW: (150, HOUR * 12, 1),
        Intensity.DISTRIBUTED: (250, HOUR * 2, 50),
        Intensity.LOW: (16, DAY * 8, 8),
    }[plot.intensity]
    draws = plot.draws
    pool = plot.addresses(addresses, Place.ABROAD)
    plot.about("client", HOUSING.client_id)
    for number, at in enumerate(plot.times(tries, takes)):
        script = plot.script(at, pool[number % len(pool)])
        script.says_outside(TokenRefused(None, "invalid_client", reference(draws)))


def user_code_guessing(plot: Plot) -> None:
    """Codes that some screen may show at the moment (RFC 8628 section 5.1); one guess may hit."""
    tries, takes, browsers = {
        Intensity.LOUD: (120, HOUR, 1),
        Intensity.SLOW: (100, HOUR * 14, 1),
        Intensity.DISTRIBUTED: (120, HOUR * 2, 30),
        Intensity.LOW: (10, DAY * 8, 5),
    }[plot.intensity]
    draws = plot.draws
    own = plot.town.anybody(draws).person_id
    places = plot.browsers(browsers, Place.OTHER_CITY)
    for number, at in enumerate(plot.times(tries, takes)):
        script = plot.script(at, *places[number % len(places)])
        if draws.chance(0.005):
            approved = AuthorizationApproved(KIOSK.client_id, own, "device", KIOSK.scopes, 2, draws.digest())
            script.says(approved)
        else:
            script.says(UserCodeRefused(0))


def staff_guessing(plot: Plot) -> None:
    """The sign-in of staff, which is to be reached from the offices alone and sometimes is not."""
    tries, takes, addresses = {
        Intensity.LOUD: (40, HOUR, 1),
        Intensity.SLOW: (36, HOUR * 14, 1),
        Intensity.DISTRIBUTED: (50, HOUR * 2, 20),
        Intensity.LOW: (6, DAY * 8, 6),
    }[plot.intensity]
    draws = plot.draws
    officers = [*plot.town.officers, *plot.town.clerks]
    pool = plot.addresses(addresses, Place.ABROAD)
    for number, at in enumerate(plot.times(tries, takes)):
        script = plot.script(at, pool[number % len(pool)], draws.digest())
        whom = officers[number % len(officers)].staff_id if draws.chance(0.6) else None
        if number > 8 and plot.intensity is Intensity.LOUD and draws.chance(0.4):
            script.says(StaffSignInDelayed(MEANS, 60))
        else:
            script.says(StaffSignInRefused("wrong", MEANS, whom))
        plot.about("staff", whom)


def enrolment_probing(plot: Plot) -> None:
    """Accounts of other people, opened or got back with pictures of their cards: names that do not fit, faces
    that are not theirs, codes that were never made."""
    tries, takes, addresses = {
        Intensity.LOUD: (40, HOUR, 1),
        Intensity.SLOW: (30, HOUR * 14, 1),
        Intensity.DISTRIBUTED: (60, HOUR * 4, 20),
        Intensity.LOW: (8, DAY * 8, 8),
    }[plot.intensity]
    draws = plot.draws
    pool = plot.addresses(addresses, Place.OTHER_CITY)
    for number, at in enumerate(plot.times(tries, takes)):
        # Three tries a day for each device: a fresh browser each time.
        script = plot.script(at, pool[number % len(pool)], draws.digest())
        purpose = draws.choice(("enrol", "recover"))
        script.says(EnrolmentStarted(purpose))
        script.waits(10, 40)
        way = draws.choice(("face", "register_phone", "activation_code"))
        script.says(BindingTried(way))
        script.waits(10, 60)
        if way == "activation_code":
            script.says(ActivationCodeRefused("wrong"))
        elif purpose == "enrol":
            script.says(EnrolmentRefused(draws.choice(("name_differs", "not_confirmed"))))
        else:
            victim = plot.town.anybody(draws).person_id
            script.says(RecoveryRefused(way, "not_confirmed", victim))
            plot.about("person", victim)
