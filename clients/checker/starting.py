"""The application, started for the time of the checks, as a CI does it."""

import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from .wire import Fetch, NotReached, Sent

READY_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.2
ENDS_SECONDS = 10.0


class NotStarted(Exception):
    """`args[0]` says why."""


@contextmanager
def started(command: str, url: str, fetch: Fetch, pause: Callable[[float], None]) -> Iterator[None]:
    """As long as the block runs; begins when `url` answers. Raises NotStarted.

    The command goes to no shell. What it writes is shown where we write.
    """
    try:
        process = subprocess.Popen(shlex.split(command))  # noqa: S603 (whoever calls us may call that, too)
    except (OSError, ValueError) as problem:
        raise NotStarted(f"the application does not start: {problem}") from None
    try:
        _wait(url, fetch, pause, process.poll)
        yield
    finally:
        process.terminate()
        try:
            process.wait(ENDS_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, fetch: Fetch, pause: Callable[[float], None], ended: Callable[[], int | None]) -> None:
    deadline = monotonic() + READY_SECONDS
    while True:
        try:
            fetch(Sent("GET", url))
        except NotReached as problem:
            if ended() is not None:
                raise NotStarted(f"the application has ended with {ended()}") from None
            if monotonic() > deadline:
                raise NotStarted(f"the application does not answer: {problem}") from None
            pause(LOOK_AGAIN_SECONDS)
        else:
            return
