"""Bounded decoding of pictures that come from strangers.

Kind, size and colours are read before a decoder sees anything: a picture of a few kilobytes can
otherwise claim gigabytes, or a second of CPU. Then the file is written anew with its pixels alone.
"""

from liveness.images.decoding import as_frame as as_frame
from liveness.images.decoding import bounded as bounded
from liveness.images.decoding import decode as decode
from liveness.images.plain import FRAME_LIMITS as FRAME_LIMITS
from liveness.images.plain import PHOTO_LIMITS as PHOTO_LIMITS
from liveness.images.plain import Bound as Bound
from liveness.images.plain import Limits as Limits
from liveness.images.plain import Plain as Plain
