"""All that a worker does for the proof, in its order."""

from dataclasses import dataclass

from idp.audit.tree.anchors import Anchoring
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner


@dataclass(frozen=True)
class Proving:
    sequencer: Sequencer
    signer: HeadSigner
    anchorings: tuple[Anchoring, ...]
    """A place that does not answer holds nothing else up but those behind it, until the next round."""

    def round(self) -> None:
        """Raises Outage, SQLAlchemyError."""
        self.sequencer.round()
        if self.sequencer.is_elected():
            self.signer.sign_if_due()
            for anchoring in self.anchorings:
                anchoring.anchor()
