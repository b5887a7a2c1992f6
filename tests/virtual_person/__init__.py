"""A person for the tests: rendered from one public-domain portrait, before a virtual camera."""

from tests.virtual_person.flat_print import flat_photo_clip
from tests.virtual_person.motion import ACTIONS
from tests.virtual_person.person import VirtualPerson
from tests.virtual_person.pose import Pose
from tests.virtual_person.stranger import stranger_photo

__all__ = ["ACTIONS", "Pose", "VirtualPerson", "flat_photo_clip", "stranger_photo"]
