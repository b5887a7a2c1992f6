"""What a QR code in a picture says; `python -m idp.sandbox.phone.scanning` reads it apart."""

import subprocess
import sys
from threading import BoundedSemaphore

from idp.oidc.logos.decoding import LogoRefused, check

SECONDS = 4
"""A picture of a few kilobytes, full of what looks like the corner of a code, takes all the time there is."""
AT_ONCE = 2
"""Of a process: whoever waits for a scan holds a thread of it."""
MEMORY_BYTES = 2 * 1024 * 1024 * 1024
CHARACTERS_AT_MOST = 2000
AT_WORK = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Others are being scanned."""


def text_of(picture: bytes, seconds: float = SECONDS) -> str | None:
    """None of what is no picture, or has no code that can be read in time. Raises Busy."""
    try:
        check(picture)
    except LogoRefused:
        return None
    if not AT_WORK.acquire(blocking=False):
        raise Busy
    command = [sys.executable, "-I", "-m", "idp.sandbox.phone.scanning"]
    try:
        done = subprocess.run(  # noqa: S603 - ours, and nothing of the visitor's is in it
            command, input=picture, capture_output=True, timeout=seconds, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    finally:
        AT_WORK.release()
    text = done.stdout.decode("utf-8", "replace")
    return text if done.returncode == 0 and 0 < len(text) <= CHARACTERS_AT_MOST else None


def main() -> None:
    import resource

    import cv2
    import numpy as np

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # Or one picture would take all processors.
    cv2.setNumThreads(1)
    picture = cv2.imdecode(np.frombuffer(sys.stdin.buffer.read(), np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is not None:
        text, _corners, _straight = cv2.QRCodeDetector().detectAndDecode(picture)
        sys.stdout.buffer.write(text.encode())


if __name__ == "__main__":
    main()
