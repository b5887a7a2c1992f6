"""What a person could do better, read off one frame's facts. Light: it is asked for every frame."""

from __future__ import annotations

from liveness.types import Advice, FrameFacts

LEAST_FACE_PIXELS = 80.0
LEAST_FACE_SHARE = 0.25  # of the frame's shorter side
MOST_FACE_SHARE = 0.72
DARK, BRIGHT = 45.0, 225.0  # mean grey value of the face, 0 to 255
BLURRED = 12.0  # variance of the Laplacian on a face of 112 pixels


def complaint(frame: FrameFacts) -> Advice | None:
    """The most pressing thing wrong with a frame, whatever the person is doing in it."""
    face = frame.face
    if face is None:
        return Advice.FACE_IN_OVAL
    if frame.faces > 1:
        return Advice.ONE_FACE
    x, y, width, height = face.box
    share = width / min(frame.width, frame.height)
    if width < LEAST_FACE_PIXELS or share < LEAST_FACE_SHARE:
        return Advice.MOVE_CLOSER
    if share > MOST_FACE_SHARE:
        return Advice.MOVE_BACK
    centre = (x + width / 2) / frame.width, (y + height / 2) / frame.height
    if not (0.2 < centre[0] < 0.8 and 0.15 < centre[1] < 0.85):
        return Advice.FACE_IN_OVAL
    if face.brightness < DARK:
        return Advice.MORE_LIGHT
    if face.brightness > BRIGHT:
        return Advice.LESS_LIGHT
    return Advice.HOLD_STILL if face.sharpness < BLURRED else None
