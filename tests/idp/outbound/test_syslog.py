"""Syslog over TLS to real sockets: what is taken, what is refused, and how long it may take."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.outbound import AddressRefused, Outbound, OutboundFailed, TimedOut, Unreachable
from idp.outbound.syslog import Message, Sender, Severity, client_context, framed, written
from tests.idp.outbound.collector import NAME, Collector, Files, files_of, frames
from tests.idp.outbound.peers import Few, Names

AT = datetime(2026, 11, 22, 20, 0, 0, 1200, tzinfo=timezone(timedelta(hours=8)))
MESSAGE = Message(AT, Severity.NOTICE, "signed_in", '{"name":"signed_in"}')
LINE = b'<109>1 2026-11-22T12:00:00.001200Z id.example yitong - signed_in - {"name":"signed_in"}'
# RFC 5424 section 6, as far as we write it.
FORM = re.compile(
    rb"<(1?\d?\d)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [!-~]{1,255} [!-~]{1,48} - [!-~]{1,32} - (.*)",
    re.S,
)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return files_of(NAME, tmp_path)


@pytest.fixture
def collect(files: Files) -> Iterator[Callable[..., Collector]]:
    started: list[Collector] = []

    def start(**settings: object) -> Collector:
        started.append(Collector(files, **settings))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for one in started:
        one.close()


def sender(collector: Collector, ca: str | None, shown: Files | None = None, seconds: float = 10) -> Sender:
    outbound = Outbound(Few((collector.url,)), resolve=Names(["127.0.0.1"]))
    mine = (None, None) if shown is None else (shown.certificate, shown.key)
    return Sender(outbound, collector.url, client_context(ca, *mine), "id.example", "yitong", seconds)


def test_messages_arrive_whole_and_in_order(collect: Callable[..., Collector], files: Files) -> None:
    collector = collect()
    messages = [Message(AT, Severity.NOTICE, "signed_in", f"event {number}") for number in range(3000)]
    sender(collector, files.certificate).send(messages)
    assert [line.rpartition(b" ")[2] for line in collector.messages] == [b"%d" % n for n in range(3000)]


def test_a_message_is_written_as_rfc_5424_says() -> None:
    assert written(MESSAGE, "id.example", "yitong") == LINE
    assert framed(LINE) == b"%d " % len(LINE) + LINE
    chinese = written(Message(AT, Severity.ALERT, "alert", "撞库"), "id.example", "yitong")
    assert chinese.endswith(b" - alert - \xef\xbb\xbf" + "撞库".encode())
    assert chinese.startswith(b"<105>1 ")


@given(st.text(), st.text(), st.text(), st.text())
def test_nothing_that_is_written_leaves_its_place(host: str, name: str, kind: str, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    found = written(Message(AT, Severity.ERROR, kind, text), host, name)
    form = FORM.fullmatch(found)
    assert form is not None
    assert form[2].removeprefix(b"\xef\xbb\xbf").decode() == text.removeprefix("\ufeff")
    assert frames(framed(found) + framed(LINE)) == [found, LINE]


def test_a_collector_of_another_authority_is_told_nothing(
    collect: Callable[..., Collector], tmp_path: Path
) -> None:
    collector = collect()
    for ca in (None, files_of("other.example", tmp_path).certificate):
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            sender(collector, ca).send([MESSAGE])
    assert collector.messages == []


def test_a_collector_of_another_name_is_told_nothing(
    collect: Callable[..., Collector], tmp_path: Path
) -> None:
    other = files_of("other.example", tmp_path)
    collector = Collector(other)
    with pytest.raises(Unreachable, match="SSLCertVerificationError"):
        sender(collector, other.certificate).send([MESSAGE])
    collector.close()
    assert collector.messages == []


def test_a_client_certificate_is_shown_where_one_is_asked_for(
    collect: Callable[..., Collector], files: Files, tmp_path: Path
) -> None:
    mine = files_of("id.example", tmp_path)
    collector = collect(clients=mine.certificate)
    with pytest.raises(OutboundFailed):
        sender(collector, files.certificate).send([MESSAGE])
    assert collector.messages == []
    sender(collector, files.certificate, mine).send([MESSAGE])
    assert collector.messages == [LINE]


def test_who_goes_away_in_the_middle_has_not_taken_it(
    collect: Callable[..., Collector], files: Files
) -> None:
    collector = collect(read_at_most=100)
    many = [Message(AT, Severity.NOTICE, "signed_in", "x" * 1000)] * 5000
    with pytest.raises(OutboundFailed):
        sender(collector, files.certificate).send(many)


def test_who_closes_before_anything_was_said_has_taken_nothing(
    collect: Callable[..., Collector], files: Files
) -> None:
    with pytest.raises(OutboundFailed):
        sender(collect(hurries=True), files.certificate).send([MESSAGE])


def test_who_reads_all_and_closes_without_a_word_has_taken_it(
    collect: Callable[..., Collector], files: Files
) -> None:
    collector = collect(is_rude=True)
    sender(collector, files.certificate).send([MESSAGE] * 100)
    assert len(collector.messages) == 100


def test_nobody_is_waited_for_longer_than_said(collect: Callable[..., Collector], files: Files) -> None:
    collector, began = collect(stays=True), time.monotonic()
    with pytest.raises(TimedOut):
        sender(collector, files.certificate, seconds=0.5).send([MESSAGE])
    assert time.monotonic() - began < 5


def test_a_private_address_needs_its_exception(collect: Callable[..., Collector], files: Files) -> None:
    collector = collect()
    context = client_context(files.certificate, None, None)
    for allow in ((), (f"https://{NAME}:{collector.port}",)):
        outbound = Outbound(Few(allow), resolve=Names(["127.0.0.1"]))
        with pytest.raises(AddressRefused, match="public"):
            Sender(outbound, collector.url, context, "id.example", "yitong", 5).send([MESSAGE])
    outbound = Outbound(Few((collector.url,)), resolve=Names(["127.0.0.1"]))
    with pytest.raises(AddressRefused):
        Sender(outbound, f"https://{NAME}", context, "id.example", "yitong", 5).send([MESSAGE])
    with pytest.raises(AddressRefused):
        outbound.get(collector.url)
    assert collector.messages == []


def test_attack_a_peer_that_never_takes_what_it_was_sent(
    collect: Callable[..., Collector], files: Files
) -> None:
    """Nor does anybody between. It says that it is done, and its window stays closed for ever: the worker's
    thread must not wait for as long."""
    ended: list[BaseException] = []
    collector = collect(half_closes=True)
    messages = [Message(AT, Severity.NOTICE, "signed_in", "x" * 500) for _ in range(40)]

    def send() -> None:
        try:
            sender(collector, files.certificate, seconds=1).send(messages)
        except OutboundFailed as failed:
            ended.append(failed)

    thread = Thread(target=send, daemon=True)
    thread.start()
    thread.join(8)
    assert not thread.is_alive()
    assert [type(one) for one in ended] == [TimedOut]
