"""The door: two pure functions over one pack of networks."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from liveness.challenge import Challenge
from liveness.colours import Screen
from liveness.onnx import ModelPack
from liveness.schedule import LOT
from liveness.template import FaceTemplate, template_of
from liveness.types import FrameFacts, Verdict


class Engine:
    """Reads frames into facts and judges a session by its facts. Holds no session; any thread may use it.

    numpy, OpenCV and onnxruntime come with the first frame, not with this module: a provider
    that has checked nobody yet stays small.
    """

    def __init__(self, pack: ModelPack, *, random: Random | None = None) -> None:
        """
        :param random: `SystemRandom()` in earnest: draws the frames that are compared by lot. Without it the
            same frames give the same facts, and who knows the rules knows every look beforehand.
        """
        self._pack = pack
        self._random = random

    def read(
        self,
        image: bytes,
        *,
        t_ms: int,
        received_ms: int,
        previous: Sequence[FrameFacts] | None = None,
        screen: Screen | None = None,
    ) -> FrameFacts:
        """Everything that one frame says, as numbers.

        :param image: an encoded, unmirrored picture: a sequential JPEG in one scan, as cameras and
            browsers write it; `liveness.images.as_frame` makes one of any other file.
        :param t_ms: when it was taken, by the page's clock since its start.
        :param received_ms: when it came in, by the server's clock since the session's start.
        :param previous: the facts so far. With them, the costly networks run only where
            `liveness.schedule` wants them; without, on every frame.
        :param screen: the colour of a flash that the page showed when the frame was taken.
        :raises ImageRefused: hostile, broken or unusable bytes.
        """
        from liveness.reading import read

        return read(
            self._pack,
            image,
            t_ms=t_ms,
            received_ms=received_ms,
            previous=previous,
            screen=screen,
            by_lot=self._random is not None and self._random.random() < LOT,
        )

    def judge(
        self,
        challenge: Challenge,
        facts: Sequence[FrameFacts],
        reference: bytes | FaceTemplate | None = None,
    ) -> Verdict:
        """Weigh a whole session.

        :param facts: in the order of their frames.
        :param reference: the register's photo, encoded; fetched for this check and kept nowhere. Or a
            template that an earlier session gave: one of another network is refused as unusable.
        """
        from liveness.judging import judge

        return judge(self._pack, challenge, facts, reference)

    @property
    def match_model(self) -> str:
        """SHA-256 of the network that embeds faces now: templates of another one are of no use."""
        return self._pack.one("embedding").sha256

    def template(self, facts: Sequence[FrameFacts]) -> FaceTemplate | None:
        """The face of a whole session, for whoever may keep it; a verdict never carries it.

        :param facts: of a session that was judged live and matched; this is not asked again here.
        :returns: None when too few frontal frames were embedded.
        """
        return template_of(facts, self.match_model)
