"""Somebody else's face before the camera, or no camera at all."""

from datetime import timedelta

from idp.audit.events.faces import FaceConsentGiven
from idp.audit.events.signing_in import SteppedUp
from idp.sandbox.traffic import faces
from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.places import Place, hideout
from idp.sandbox.traffic.town import HALL
from idp.sandbox.traffic.visits import CONSENT_VERSION, fetch, signed_in
from idp.sandbox.traffic.waiting import FaceTries

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MASKS = ("antispoof", "antispoof", "flat", "match", "other_face")
"""What a picture, a mask and a stranger are refused for."""


def liveness_hammering(plot: Plot) -> None:
    """Who has a password tries to get past the face: pictures, a screen, a mask, again and again."""
    tries, takes, browsers = {
        Intensity.LOUD: (45, HOUR * 3, 1),
        Intensity.SLOW: (48, HOUR * 12, 1),
        Intensity.DISTRIBUTED: (40, HOUR * 6, 12),
        Intensity.LOW: (8, DAY * 8, 4),
    }[plot.intensity]
    draws, counted = plot.draws, FaceTries()
    victim = plot.town.victim(draws).person_id
    plot.about("person", victim)
    places = plot.browsers(browsers, Place.OTHER_CITY)
    for number, at in enumerate(plot.times(tries, takes)):
        script = plot.script(at, *places[number % len(places)])
        if number < len(places):
            signed_in(draws, victim, script, HALL, "password")
            script.says(FaceConsentGiven(victim, draws.uuid(script.at), CONSENT_VERSION))
            script.waits(10, 30)
        counted.refuse(script, victim, draws.choice(MASKS))


def replayed_frames(plot: Plot) -> None:
    """Frames of an earlier check sent again, for several people whose passwords are known."""
    tries, takes, browsers = {
        Intensity.LOUD: (14, HOUR, 1),
        Intensity.SLOW: (12, HOUR * 20, 1),
        Intensity.DISTRIBUTED: (20, HOUR * 3, 10),
        Intensity.LOW: (3, DAY * 9, 3),
    }[plot.intensity]
    draws = plot.draws
    victims, earlier = plot.town.some(draws, 5), faces.scores(draws)
    places = [(hideout(draws, Place.ABROAD), draws.digest()) for _ in range(browsers)]
    for address, device in places:
        plot.about("device", device)
        plot.about("address", address)
    for number, at in enumerate(plot.times(tries, takes)):
        victim = victims[number % len(victims)].person_id
        plot.about("person", victim)
        script = plot.script(at, *places[number % len(places)])
        signed_in(draws, victim, script, HALL, "password")
        script.waits(10, 30)
        if draws.chance(0.4):  # all of an earlier check: the same frames say the same, to another challenge
            again = {**earlier, "challenge": draws.choice((0.0, 0.33, 0.5))}
            script.says(faces.refused(draws, victim, "wrong_order", again))
        else:
            reason = draws.choices(("frames_repeated", "frames_time"), (0.8, 0.2))[0]
            script.says(faces.refused(draws, victim, reason))


def virtual_camera(plot: Plot) -> None:
    """A film fed in as a camera: crisp, live to the networks, and blind to the colours that the page shows.
    Its scores hardly change from check to check, and now and then it gets through."""
    tries, takes, browsers = {
        Intensity.LOUD: (16, HOUR * 1.5, 1),
        Intensity.SLOW: (14, HOUR * 24, 1),
        Intensity.DISTRIBUTED: (20, HOUR * 5, 10),
        Intensity.LOW: (3, DAY * 9, 3),
    }[plot.intensity]
    draws = plot.draws
    places = [(hideout(draws, Place.OTHER_CITY), draws.digest()) for _ in range(browsers)]
    for address, device in places:
        plot.about("device", device)
        plot.about("address", address)
    film = {**faces.scores(draws), "frames": 1.0, "antispoof": 0.9971, "quality": 1.0}
    victims = plot.town.some(draws, 4)
    for number, at in enumerate(plot.times(tries, takes)):
        victim = victims[number % len(victims)].person_id
        plot.about("person", victim)
        script = plot.script(at, *places[number % len(places)])
        signed_in(draws, victim, script, HALL, "password")
        script.waits(10, 30)
        said = {**film, "flash": round(draws.uniform(0, 0.3), 4), "match": round(draws.uniform(0.5, 0.6), 4)}
        if draws.chance(0.85):
            script.says(faces.refused(draws, victim, "flash", said))
        else:
            script.says(faces.checked(draws, victim, said))
            script.says(SteppedUp(victim, HALL.client_id, 3, ("face",)))
            fetch(draws, victim, script, HALL)
