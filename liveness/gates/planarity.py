"""Is the face flat? A sheet of paper moves by one homography; a head that turns does not.

While the head turns, nose, brow and jaw shift against each other. The 68 points of a turned frame
are mapped onto the frontal ones by the best single homography (Hartley and Zisserman,
Multiple View Geometry, 4.1); what stays unexplained, in eye distances, is depth. This stops
photos, flat or bent; it does not stop a screen that plays a film of a real turn.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.challenge import TURNS
from liveness.course import TURNED_DEGREES, TURNED_FRAMES
from liveness.gates.case import Case, weighed
from liveness.types import Face, GateScore, Refusal


def residual(frontal: NDArray[np.float64], turned: NDArray[np.float64]) -> float:
    """RMS distance, in eye distances, between the frontal points and the turned ones mapped onto them."""
    eye_distance = float(np.linalg.norm(frontal[36:42].mean(axis=0) - frontal[42:48].mean(axis=0)))
    matrix, _ = cv2.findHomography(turned, frontal, 0)
    if matrix is None or eye_distance < 1:
        return 0.0
    mapped = cv2.perspectiveTransform(turned[None], matrix)[0]
    return float(np.sqrt(((mapped - frontal) ** 2).sum(axis=1).mean())) / eye_distance


def gate(case: Case) -> GateScore | None:
    """The median of the best residuals of the session's turned frames. None when no turn was asked.

    Of several, as one frame with misplaced points proves nothing.
    """
    if not set(TURNS) & set(case.course.actions):
        return None
    score, baseline = 0.0, case.course.baseline
    calm = case.facts[baseline.index].face if baseline is not None else None
    if baseline is not None and calm is not None:
        frontal = _points(calm)
        faces = [frame.face for frame in case.facts if frame.face is not None]
        turned = [face for face in faces if abs(face.yaw - baseline.yaw) >= TURNED_DEGREES]
        best = sorted((residual(frontal, _points(face)) for face in turned), reverse=True)[:TURNED_FRAMES]
        score = float(np.median(best)) if len(best) == TURNED_FRAMES else 0.0
    return weighed("planarity", score, case.thresholds.planarity, Refusal.FLAT)


def _points(face: Face) -> NDArray[np.float64]:
    return np.array(face.landmarks, np.float64).reshape(68, 2)
