"""What a worker does for the proof of the log: heads, anchors, verification."""

from datetime import timedelta

from idp.audit.tree.anchors import Anchoring, FileAnchor
from idp.audit.tree.rounds import Proving
from idp.audit.tree.sequencer import Sequencer
from idp.audit.tree.signing import HeadSigner
from idp.audit.verifications.outside import given_away
from idp.audit.verifications.running import Verifying
from tests.idp.login.visitor import Site


def proved(site: Site) -> None:
    """What a worker does; a head every minute."""
    found, clock = site.services, site.clock
    folder = found.settings.path(found.settings.audit.anchor_directory)
    signer = HeadSigner(found.engine, found.cipher, clock, found.settings.issuer, timedelta(seconds=60))
    anchor = Anchoring(found.engine, clock, "file", FileAnchor(folder, clock))
    for _ in range(2):
        clock.advance(61)
        Proving(Sequencer(found.engine, clock), signer, (anchor,)).round()


def verified(site: Site) -> bool:
    found, issuer = site.services, site.services.settings.issuer
    folder = found.settings.path(found.settings.audit.anchor_directory)
    return Verifying(found.engine, site.clock, issuer, lambda: given_away(folder, issuer)).round()
