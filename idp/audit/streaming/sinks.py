"""The kinds of sinks. Each is a function of events that returns once they are safe with the other side."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from idp.audit.export import FORMATS
from idp.audit.export.classes import Severity as Meant
from idp.audit.export.classes import meaning_of
from idp.audit.recorded import Recorded
from idp.outbound import Answer, OutboundFailed
from idp.outbound.syslog import Message, Sender, Severity
from idp.storage.outages import Outage

Give = Callable[[Sequence[Recorded]], None]
"""Some events, in their order. Raises SinkUnavailable: all of them are given again."""
Post = Callable[[bytes, Mapping[str, str]], Answer]
"""A body and headers, to where they go. Raises OutboundFailed."""
SEVERITIES = {
    Meant.INFORMATIONAL: Severity.INFORMATIONAL,
    Meant.LOW: Severity.NOTICE,
    Meant.MEDIUM: Severity.WARNING,
    Meant.HIGH: Severity.CRITICAL,
}
CONTENT_TYPES = {"jsonl": "application/x-ndjson", "ocsf": "application/x-ndjson", "cef": "text/plain"}
KAFKA_JSON = "application/vnd.kafka.json.v2+json"
KAFKA_ANSWER = "application/vnd.kafka.v2+json"


class SinkUnavailable(Outage):
    """It did not take the events, or nobody knows. They are given again."""


class TooMuch(SinkUnavailable):
    """It would take fewer at once."""


def syslog(sender: Sender, format_: str) -> Give:
    """A message for each event (RFC 5424), its name as MSGID."""

    def give(events: Sequence[Recorded]) -> None:
        messages = [
            Message(event.at, SEVERITIES[meaning_of(event.name).severity], event.name, line)
            for event, line in zip(events, _lines(events, format_), strict=True)
        ]
        try:
            sender.send(messages)
        except OutboundFailed as failed:
            raise SinkUnavailable(str(failed)) from None

    return give


def http(post: Post, format_: str) -> Give:
    """Lines in one body; 2xx says that they are safe."""
    headers = {"content-type": CONTENT_TYPES[format_]}

    def give(events: Sequence[Recorded]) -> None:
        body = "".join(f"{line}\n" for line in _lines(events, format_)).encode()
        answer = _posted(post, body, headers)
        if not 200 <= answer.status < 300:
            raise SinkUnavailable(f"it answered {answer.status}")

    return give


def kafka(post: Post, format_: str) -> Give:
    """POST /topics/{topic} of REST proxies of Kafka, version 2. The key of a record is the event's id.

    https://docs.confluent.io/platform/current/kafka-rest/api.html#post--topics-(string-topic_name)
    """
    headers = {"content-type": KAFKA_JSON, "accept": KAFKA_ANSWER}

    def give(events: Sequence[Recorded]) -> None:
        lines = _lines(events, format_)
        records = ",".join(
            f'{{"key":{json.dumps(event.id)},"value":{line}}}'
            for event, line in zip(events, lines, strict=True)
        )
        answer = _posted(post, f'{{"records":[{records}]}}'.encode(), headers)
        if answer.status != HTTPStatus.OK:
            raise SinkUnavailable(f"it answered {answer.status}")
        _check_offsets(answer, len(events))

    return give


def _check_offsets(answer: Answer, count: int) -> None:
    """The whole is answered with 200 where records were refused, too. Raises SinkUnavailable."""
    try:
        offsets: list[Any] = answer.json()["offsets"]
        refused = sum(bool(one.get("error_code") or one.get("error")) for one in offsets)
        kept = sum(type(one.get("offset")) is int and one["offset"] >= 0 for one in offsets)
    except (OutboundFailed, LookupError, TypeError, AttributeError):
        raise SinkUnavailable("it did not say what became of the records") from None
    if refused:
        raise SinkUnavailable(f"it refused {refused} of {count} records")
    if kept != count:
        raise SinkUnavailable("it did not say what became of each record")


def _posted(post: Post, body: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        answer = post(body, headers)
    except OutboundFailed as failed:
        raise SinkUnavailable(str(failed)) from None
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        raise TooMuch(f"{len(body)} bytes are too much at once")
    return answer


def _lines(events: Sequence[Recorded], format_: str) -> Iterator[str]:
    return (line.rstrip("\n") for line in FORMATS[format_](events))
