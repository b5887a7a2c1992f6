"""Server-side face liveness: a live person, here, now, doing what was asked, and the right one.

Pure: no web framework, no database. See `Engine` for the two functions, `progress` for
guiding a person meanwhile.
"""

from liveness.challenge import Challenge, new_challenge
from liveness.colours import Colour, Flash, Screen
from liveness.course import progress
from liveness.engine import Engine
from liveness.errors import ImageRefused, ManifestInvalid, ModelMissing, ModelTampered
from liveness.onnx import ModelPack
from liveness.receipt import Camera, Matcher, Receipt, ReceiptInvalid
from liveness.template import FaceTemplate
from liveness.types import Action, Advice, Face, FrameFacts, GateScore, Progress, Refusal, Verdict

__all__ = [
    "Action",
    "Advice",
    "Camera",
    "Challenge",
    "Colour",
    "Engine",
    "Face",
    "FaceTemplate",
    "Flash",
    "FrameFacts",
    "GateScore",
    "ImageRefused",
    "ManifestInvalid",
    "Matcher",
    "ModelMissing",
    "ModelPack",
    "ModelTampered",
    "Progress",
    "Receipt",
    "ReceiptInvalid",
    "Refusal",
    "Screen",
    "Verdict",
    "new_challenge",
    "progress",
]
