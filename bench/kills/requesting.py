"""Portals that ask the provider for tokens, whether it is there or not, and note each that they get."""

import base64
import json
import time
from collections import deque
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread

from bench.kills.ledger import Ledger, Told
from bench.protocol import wire
from bench.protocol.load import Unexpected, ask
from bench.protocol.wire import BASIC, OFFLINE_SCOPE, Side

CODES = 400
"""As many exchanges begin a grant with offline access: a row and its event."""
AFTER_FAILURE_SECONDS = 0.05


class Portals:
    def __init__(self, side: Side, ledger: Path, *, threads: int) -> None:
        self._side = side
        self._ledger = Ledger(ledger)
        self._ended = Event()
        self._codes: deque[str] = deque()
        self._threads = [Thread(target=self._ask, daemon=True) for _ in range(threads)]
        self._plain = wire.client_credentials(side, 1)[0]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def give_codes(self) -> None:
        """While the provider runs. Raises OSError, Unexpected."""
        self._codes.extend(self._side.codes(BASIC, CODES, OFFLINE_SCOPE))

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._ledger.close()

    def _ask(self) -> None:
        while not self._ended.is_set():
            try:
                status, _, body = ask(self._side.address, self._request())
            except (OSError, HTTPException, Unexpected):
                status, body = 0, b""
            if status == 200:
                self._ledger.write(Told.TOKEN, _token_id(json.loads(body)["access_token"]))
            else:
                time.sleep(AFTER_FAILURE_SECONDS)

    def _request(self) -> bytes:
        try:
            code = self._codes.popleft()
        except IndexError:
            return self._plain
        form = wire.code_form(code)
        return self._side.post("token", form, Authorization=self._side.basic)


def _token_id(access_token: str) -> str:
    claims = access_token.split(".")[1]
    found: str = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["jti"]
    return found
