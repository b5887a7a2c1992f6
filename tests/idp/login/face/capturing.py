"""The way to the camera, and what it sees."""

from tests.idp.login.engine import picture
from tests.idp.login.visitor import Visitor


def capture(visitor: Visitor) -> Visitor:
    visitor.click("way-face")
    if "face-consent-agree" in visitor.page.elements:
        visitor.consent_to_face()
    else:
        visitor.submit("face-consent-form")
    assert "capture" in visitor.page.elements, visitor.page.text
    return visitor


def neutral(start: int = 0) -> list[tuple[bytes, int]]:
    """Four frames of a face that does nothing, and when each was taken, in milliseconds."""
    return [(picture("zhang", "neutral", start + i), start + i * 120) for i in range(4)]
