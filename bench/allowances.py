"""What it costs a request that its client's allowance is spent, shown and measured.

    python -m bench.allowances [--rounds 15] [--requests 400]

In one process, without HTTP: the same requests with and without (`idp.oidc.endpoints.within`), turn and turn
about, so that whatever else the machine does meets both. Ratios of CPU time are shown, and the commands that
the store was asked; times in themselves say little on a machine that others use.
"""

import argparse
import json
import statistics
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.protocol.ours import prepared
from bench.protocol.wire import BASIC
from idp.oidc.endpoints import posted_form, served
from idp.oidc.endpoints.within import within
from idp.oidc.http import FORM, Parameters, Request, Response
from idp.oidc.provider import Provider
from idp.storage.ephemeral import EphemeralStore

FRAME = vars(posted_form)
"""What the endpoints of clients look their frame up in."""


def unlimited(
    _provider: Provider, _request: Request, *_rest: Any, headers: tuple[tuple[str, str], ...]
) -> Response:
    """As before there were limits: the work and nothing else."""
    del headers
    work: Callable[[], Response] = _rest[-1]
    return work()


@contextmanager
def counted(store: EphemeralStore) -> Iterator[list[str]]:
    """Increments while it lasts: a lease is one."""
    asked: list[str] = []
    plain = store.increment

    def increment(key: str, *, seconds: int) -> int:
        asked.append(key.partition(":")[0])
        return plain(key, seconds=seconds)

    store.increment = increment  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        store.increment = plain  # type: ignore[method-assign]


def spent(endpoint: Callable[[Request], Response], request: Request, times: int) -> float:
    """CPU seconds of this process: nothing that answers is waited for twice."""
    began = time.process_time()
    for _ in range(times):
        if endpoint(request).status != 200:
            raise SystemExit("a request was refused")
    return time.process_time() - began


def _own_token(endpoints: Mapping[str, Callable[[Request], Response]], basic: str) -> str:
    answer = endpoints["/oauth2/token"](_posted("/oauth2/token", {"grant_type": "client_credentials"}, basic))
    return str(json.loads(answer.body)["access_token"])


def _posted(path: str, form: Mapping[str, str], basic: str) -> Request:
    return Request(
        "POST",
        path,
        {"authorization": f"Basic {basic}"},
        form=Parameters.parse(urlencode(form).encode()),
        content_type=FORM,
        address="127.0.0.1",
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.allowances", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=400, help="of each round")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yitong-bench-") as name:
        folder = Path(name)
        urls = f"sqlite:///{folder}/idp.db", f"sqlite:///{folder}/ephemeral.db"
        with prepared(folder, *urls, threads=1) as found:
            basic = b64encode(f"{BASIC}:{found.side.secret}".encode()).decode()
            endpoints = served.table(found.provider)
            cases: Mapping[str, tuple[str, Mapping[str, str]]] = {
                "client_credentials": ("/oauth2/token", {"grant_type": "client_credentials"}),
                "introspection": ("/oauth2/introspect", {"token": _own_token(endpoints, basic)}),
            }
            with counted(found.provider.store) as asked:
                for case, (path, form) in cases.items():
                    request = _posted(path, form, basic)
                    run = partial(spent, endpoints[path], request, given.requests)
                    run()
                    asked.clear()
                    ratios = [_ratio(run) for _ in range(given.rounds)]
                    requests = given.requests * given.rounds
                    print(
                        f"{case}: {statistics.median(ratios):.3f} times the CPU time without "
                        f"({min(ratios):.3f} to {max(ratios):.3f}); "
                        f"{len(asked)} leases for {requests} requests"
                    )


def _ratio(run: Callable[[], float]) -> float:
    FRAME["within"] = unlimited
    without = run()
    FRAME["within"] = within
    return run() / without


if __name__ == "__main__":
    main()
