"""A person for the tests: rendered from one public-domain portrait, before a virtual camera.

To a liveness check this is an injection attack, and a good one: it shows that page, challenge, planarity
and match work, and says nothing of how well presentation attacks are told from people.
"""

from liveness.attacks.motion import ACTIONS
from liveness.attacks.pose import Pose
from tests.virtual_person.flat_print import flat_photo_clip
from tests.virtual_person.person import VirtualPerson
from tests.virtual_person.phone_film import film
from tests.virtual_person.stranger import stranger_photo

__all__ = ["ACTIONS", "Pose", "VirtualPerson", "film", "flat_photo_clip", "stranger_photo"]
