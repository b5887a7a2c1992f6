"""A QR code in a picture that the telephone's camera took."""

from typing import Final

PIXELS_AT_MOST: Final = 40_000_000


def read_picture(data: bytes) -> str | None:
    """The text in it; None where none is seen."""
    # Loaded with the first picture.
    import cv2
    import numpy

    image = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_GRAYSCALE) if data else None
    if image is None or image.size > PIXELS_AT_MOST:
        return None
    text, _points, _straightened = cv2.QRCodeDetector().detectAndDecode(image)
    return str(text) or None
