"""What each kind of sink sends to real sockets, and what it takes for an answer."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from idp.audit.export import FORMATS
from idp.audit.recorded import Recorded
from idp.audit.streaming import Give, SinkUnavailable, TooMuch, sinks
from idp.outbound import Answer, Outbound
from idp.outbound.syslog import Sender, client_context
from tests.idp.audit.streaming.receivers import Answers, Receiver, proxy
from tests.idp.outbound.collector import NAME, Collector, files_of
from tests.idp.outbound.peers import Few, Names


def event(number: int, name: str = "sign_in_refused") -> Recorded:
    return Recorded(
        place=(1, number),
        id=f"0198c2f0-0000-7000-8000-{number:012}",
        at=datetime(2026, 11, 22, tzinfo=UTC),
        name=name,
        version=1,
        person_id=None,
        client_id="hall",
        request_id=None,
        address="203.0.113.7",
        device=None,
        interaction_id=None,
        actor=None,
        fields={"reason": "wrong-password", "method": "pwd"},
    )


EVENTS = [event(number) for number in range(3)]
IDS = [one.id for one in EVENTS]


@pytest.fixture
def receive() -> Iterator[Callable[[Answers], Receiver]]:
    started: list[Receiver] = []

    def start(answer: Answers) -> Receiver:
        started.append(Receiver(answer))
        return started[-1]

    yield start
    for one in started:
        one.close()


def post_to(receiver: Receiver, path: str) -> sinks.Post:
    outbound = Outbound(Few((receiver.url,), bytes_at_most=100_000))

    def post(body: bytes, headers: Mapping[str, str]) -> Answer:
        return outbound.post(receiver.url + path, body, headers=headers)

    return post


@pytest.mark.parametrize("name", ["jsonl", "ocsf", "cef"])
def test_lines_by_post(receive: Callable[[Answers], Receiver], name: str) -> None:
    receiver = receive(lambda _body: (202, b"taken"))
    sinks.http(post_to(receiver, "/in"), name)(EVENTS)
    ((path, headers, body),) = receiver.requests
    assert path == "/in"
    assert headers["content-type"] == ("text/plain" if name == "cef" else "application/x-ndjson")
    assert body.decode() == "".join(FORMATS[name](EVENTS))


@pytest.mark.parametrize("name", ["jsonl", "ocsf"])
def test_records_for_kafka(receive: Callable[[Answers], Receiver], name: str) -> None:
    receiver = receive(proxy())
    sinks.kafka(post_to(receiver, "/topics/audit"), name)(EVENTS)
    ((path, headers, body),) = receiver.requests
    assert path == "/topics/audit"
    assert headers["content-type"] == "application/vnd.kafka.json.v2+json"
    assert headers["accept"] == "application/vnd.kafka.v2+json"
    records = json.loads(body)["records"]
    assert [record["key"] for record in records] == IDS
    assert [record["value"] for record in records] == [json.loads(line) for line in FORMATS[name](EVENTS)]


def said(*offsets: object) -> Answers:
    return lambda _body: (200, json.dumps({"offsets": offsets}).encode())


KEPT = {"partition": 0, "offset": 7, "error_code": None, "error": None}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (proxy(refused=1), "refused 1 of 3"),
        (said(KEPT, KEPT), "each record"),
        (said(KEPT, KEPT, {"partition": 0, "offset": None}), "each record"),
        (said(KEPT, KEPT, {**KEPT, "error": "?"}), "refused 1"),
        (said(KEPT, KEPT, 7), "what became"),
        (lambda _body: (200, b"[]"), "what became"),
        (lambda _body: (200, b"{"), "what became"),
        (lambda _body: (200, b"{}"), "what became"),
        (lambda _body: (202, b""), "answered 202"),
        (lambda _body: (401, b""), "answered 401"),
    ],
)
def test_a_proxy_that_does_not_say_that_all_is_kept_has_kept_nothing(
    receive: Callable[[Answers], Receiver], answer: Answers, why: str
) -> None:
    give = sinks.kafka(post_to(receive(answer), "/topics/audit"), "jsonl")
    with pytest.raises(SinkUnavailable, match=why):
        give(EVENTS)


@pytest.mark.parametrize("make", [sinks.http, sinks.kafka])
@pytest.mark.parametrize(
    ("status", "raised"), [(500, SinkUnavailable), (302, SinkUnavailable), (413, TooMuch)]
)
def test_anything_but_success_is_a_failure(
    receive: Callable[[Answers], Receiver],
    make: Callable[[sinks.Post, str], Give],
    status: int,
    raised: type[Exception],
) -> None:
    receiver = receive(lambda _body: (status, b""))
    with pytest.raises(raised):
        make(post_to(receiver, "/in"), "jsonl")(EVENTS)


def test_nobody_there_is_a_failure_that_names_no_event() -> None:
    receiver = Receiver()
    post = post_to(receiver, "/in?key=secret")
    receiver.close()
    with pytest.raises(SinkUnavailable) as failed:
        sinks.http(post, "jsonl")(EVENTS)
    assert "secret" not in str(failed.value)
    assert IDS[0] not in str(failed.value)


def test_syslog_messages(tmp_path: Path) -> None:
    files = files_of(NAME, tmp_path)
    collector = Collector(files)
    outbound = Outbound(Few((collector.url,)), resolve=Names(["127.0.0.1"]))
    sender = Sender(
        outbound, collector.url, client_context(files.certificate, None, None), "id", "yitong", 10
    )
    sinks.syslog(sender, "cef")([*EVENTS, event(3, "code_replayed"), event(4, "signed_out")])
    collector.close()
    first, _, _, grave, plain = collector.messages
    assert first.startswith(b"<109>1 2026-11-22T00:00:00.000000Z id yitong - sign_in_refused - CEF:0|Yitong|")
    assert grave.startswith(b"<106>1 ")
    assert plain.startswith(b"<110>1 ")
    with pytest.raises(SinkUnavailable):
        sinks.syslog(sender, "cef")(EVENTS)
