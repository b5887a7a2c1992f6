"""All that a worker does for the proof, in its order."""

from dataclasses import dataclass

from idp.audit.tree.anchors import Anchoring, AnchorUnavailable
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner


@dataclass(frozen=True)
class Proving:
    sequencer: Sequencer
    signer: HeadSigner
    anchorings: tuple[Anchoring, ...]
    """One that does not answer holds up no other."""

    def round(self) -> None:
        """Raises Outage, SQLAlchemyError."""
        self.sequencer.round()
        if self.sequencer.is_elected():
            self.signer.sign_if_due()
            failures = [failure for one in self.anchorings if (failure := _anchored(one)) is not None]
            if failures:
                raise failures[0]


def _anchored(anchoring: Anchoring) -> AnchorUnavailable | None:
    try:
        anchoring.anchor()
    except AnchorUnavailable as failure:
        return failure
    return None
