"""The door: two pure functions over one pack of networks."""

from __future__ import annotations

from collections.abc import Sequence

from liveness.challenge import Challenge
from liveness.onnx import ModelPack
from liveness.types import FrameFacts, Verdict


class Engine:
    """Reads frames into facts and judges a session by its facts. Holds no session; any thread may use it.

    numpy, OpenCV and onnxruntime come with the first frame, not with this module: a provider
    that has checked nobody yet stays small.
    """

    def __init__(self, pack: ModelPack) -> None:
        self._pack = pack

    def read(
        self,
        image: bytes,
        *,
        t_ms: int,
        received_ms: int,
        previous: Sequence[FrameFacts] | None = None,
    ) -> FrameFacts:
        """Everything that one frame says, as numbers.

        :param image: an encoded, unmirrored picture: JPEG, PNG or WebP.
        :param t_ms: when it was taken, by the page's clock since its start.
        :param received_ms: when it came in, by the server's clock since the session's start.
        :param previous: the facts so far. With them, the costly networks run only where
            `liveness.schedule` wants them; without, on every frame.
        :raises ImageRefused: hostile, broken or unusable bytes.
        """
        from liveness.reading import read

        return read(self._pack, image, t_ms=t_ms, received_ms=received_ms, previous=previous)

    def judge(
        self, challenge: Challenge, facts: Sequence[FrameFacts], reference: bytes | None = None
    ) -> Verdict:
        """Weigh a whole session.

        :param facts: in the order of their frames.
        :param reference: the register's photo, encoded; fetched for this check and kept nowhere.
        """
        from liveness.judging import judge

        return judge(self._pack, challenge, facts, reference)
