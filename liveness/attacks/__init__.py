"""The red team: simulated presentation and injection attacks, for anybody to run again.

Rendered from one photo of a person, or from a film where an attack replays one, with the physics stated
beside each kind. They show which gate refuses what; they are no measure of how well presentation-attack
networks tell paper and screens from skin, for which real cameras and real attacks are needed.
"""

from liveness.attacks.kinds import INJECTED, KINDS, NEEDS_ACCOMPLICE, NEEDS_FILM
from liveness.attacks.material import Attack, Frame, Material
from liveness.attacks.portrait import NoFace, Portrait
from liveness.attacks.session import Session
from liveness.attacks.stage import Room, Stage

__all__ = [
    "INJECTED",
    "KINDS",
    "NEEDS_ACCOMPLICE",
    "NEEDS_FILM",
    "Attack",
    "Frame",
    "Material",
    "NoFace",
    "Portrait",
    "Room",
    "Session",
    "Stage",
]
