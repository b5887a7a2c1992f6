"""What a QR code in a picture says; `python -m idp.sandbox.phone.scanning` reads it apart."""

import subprocess
import sys

from idp.oidc.logos.decoding import LogoRefused, check

SECONDS = 10
CHARACTERS_AT_MOST = 2000


def text_of(picture: bytes) -> str | None:
    """None of what is no picture, or has no code that can be read."""
    try:
        check(picture)
    except LogoRefused:
        return None
    command = [sys.executable, "-I", "-m", "idp.sandbox.phone.scanning"]
    try:
        done = subprocess.run(  # noqa: S603 - ours, and nothing of the visitor's is in it
            command, input=picture, capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    text = done.stdout.decode("utf-8", "replace")
    return text if done.returncode == 0 and 0 < len(text) <= CHARACTERS_AT_MOST else None


def main() -> None:
    import resource

    import cv2
    import numpy as np

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    picture = cv2.imdecode(np.frombuffer(sys.stdin.buffer.read(), np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is not None:
        text, _corners, _straight = cv2.QRCodeDetector().detectAndDecode(picture)
        sys.stdout.buffer.write(text.encode())


if __name__ == "__main__":
    main()
