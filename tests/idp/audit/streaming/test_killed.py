"""A real worker is killed in the middle of giving, again and again: the receivers get everything."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from bench.protocol.ours import prepared
from idp.audit import AuditContext
from idp.audit.events.signing_in import SignInRefused
from idp.audit.paging import Span, in_order
from idp.commands.audit_sinks import open_deliveries
from idp.commands.opening import opened
from idp.settings import ROOT
from tests.idp.audit.streaming.receivers import Receiver, proxy

pytestmark = pytest.mark.slow

KILLS, SEED, SECONDS = 3, 6, 40


def slowly(body: bytes) -> tuple[int, bytes]:
    time.sleep(0.02)
    return 204, b""


@contextmanager
def receivers() -> Iterator[dict[str, Receiver]]:
    found = {"hook": Receiver(slowly), "lake": Receiver(proxy())}
    try:
        yield found
    finally:
        for one in found.values():
            one.close()


def sinks_of(found: Mapping[str, Receiver]) -> dict[str, str]:
    each = {
        "HOOK": {"KIND": "http", "URL": f"{found['hook'].url}/in"},
        "LAKE": {"KIND": "kafka", "URL": found["lake"].url, "TOPIC": "audit"},
        # Nobody listens there.
        "DOWN": {"KIND": "http", "URL": "http://127.0.0.1:1/in"},
    }
    common = {"FORMAT": "jsonl", "EVENTS_AT_ONCE": "10", "TIMEOUT_SECONDS": "1", "HISTORY": "true"}
    allowed = ",".join([*(one.url for one in found.values()), "http://127.0.0.1:1"])
    return {
        "IDP_OUTBOUND__ALLOW": allowed,
        **{
            f"IDP_AUDIT__SINKS__{name}__{key}": value
            for name, keys in each.items()
            for key, value in {**keys, **common}.items()
        },
    }


def start(environment: Mapping[str, str], folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "idp", "worker"]
        return subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=log, stderr=log)


def waited(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_nothing_is_lost_whenever_the_worker_is_killed(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    url = f"sqlite:///{tmp_path}/idp.db"
    with receivers() as found, prepared(tmp_path, url, f"sqlite:///{tmp_path}/e.db", threads=2) as provider:
        audit, ended = provider.services.audit, Event()
        environment = {**provider.environment, **sinks_of(found)}

        def write() -> None:
            while not ended.wait(0.01):
                audit.append(SignInRefused("wrong-password", "pwd"), AuditContext(provider.services.clock()))

        writing = Thread(target=write)
        writing.start()
        try:
            for _ in range(KILLS):
                worker, before = start(environment, tmp_path), len(found["hook"].requests)
                waited(lambda: len(found["hook"].requests) > before + 2)  # noqa: B023
                time.sleep(chance.uniform(0, 0.1))
                worker.send_signal(signal.SIGKILL)
                worker.wait()
        finally:
            ended.set()
            writing.join()
        ids = [event.id for event in in_order(provider.services.engine, Span())]
        # What the last worker left the next one gives, once its lease is over.
        with opened(environment) as services:
            deliveries = {one.name: one for one in open_deliveries(services, lambda: False)}

            def all_is_given() -> bool:
                for name in found:
                    deliveries[name].round()
                return not _missing(found, ids)

            waited(all_is_given)
        hooked = [line["id"] for line in found["hook"].lines()]
        assert [id_ for id_ in dict.fromkeys(hooked) if id_ in set(ids)] == ids  # in order, the first time


def _missing(found: Mapping[str, Receiver], ids: list[str]) -> set[str]:
    hooked = {line["id"] for line in found["hook"].lines()}
    with found["lake"].lock:
        bodies = [body for _, _, body in found["lake"].requests]
    kept = {record["key"] for body in bodies for record in json.loads(body)["records"]}
    return set(ids) - (hooked & kept)
