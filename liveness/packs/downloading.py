"""One file from the web, bounded in bytes and time. Whose bytes they are is the caller's pin to say."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from liveness.errors import InstallFailed

MOST_BYTES = 512 << 20
_ANSWER_SECONDS = 30  # for each read
_WHOLE_SECONDS = 900
_CHUNK_BYTES = 1 << 20


def download(
    url: str, target: Path, *, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic
) -> None:
    """Write what lies at `url` (http or https; redirects are followed, as releases are kept elsewhere).

    :raises InstallFailed: no answer, too slow, too large, cut short.
    """
    if not url.startswith(("https://", "http://")):
        raise InstallFailed(f"{url}: only http and https are fetched")
    ends = clock() + _WHOLE_SECONDS
    written = 0
    try:
        with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as answer, target.open("wb") as file:  # noqa: S310
            promised = answer.headers.get("Content-Length")
            while chunk := answer.read(_CHUNK_BYTES):
                written += len(chunk)
                if written > most_bytes or clock() > ends:
                    raise InstallFailed(f"{url}: larger or slower than a network may be")
                file.write(chunk)
    except (OSError, HTTPException) as error:
        raise InstallFailed(f"{url} could not be fetched: {error}") from error
    if promised is not None and promised.isdigit() and written < int(promised):
        raise InstallFailed(f"{url} was cut short")
