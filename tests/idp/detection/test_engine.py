"""The engine gives the same whatever the pages, remembers within bounds, and begins again where it was."""

from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from idp.audit.recorded import Recorded
from idp.detection.engine import Engine
from idp.detection.findings import EVENTS_AT_MOST, Finding
from idp.detection.watching import Surroundings, Watch
from tests.idp.detection.conftest import SHIPPED
from tests.idp.detection.happening import ABROAD, Log

NAMES = (
    *("sign_in_refused", "sign_in_delayed", "signed_in", "face_refused", "face_checked", "code_replayed"),
    *(
        "authorization_requested",
        "authorization_approved",
        "security_viewed",
        "licence_refused",
        "signed_out",
    ),
)
WHO = st.integers(0, 4)
SMALL = [
    rule.model_copy(update={"threshold": min(rule.threshold, 3 if rule.kind != "travel" else 900)})
    for rule in SHIPPED.values()
]
"""Soon full, so that short logs find something."""


@st.composite
def logs(draw: st.DrawFn) -> list[Recorded]:
    log = Log()
    for _ in range(draw(st.integers(0, 60))):
        some = draw(WHO)
        log.says(
            draw(st.sampled_from(NAMES)),
            # Processes write side by side: a later row may be a little older.
            after=draw(st.sampled_from((-30, 0, 1, 60, 3600, 90000))),
            person_id=draw(st.sampled_from((None, f"person-{some}"))),
            client_id="client",
            address=f"203.0.113.{draw(WHO)}" if draw(st.booleans()) else f"198.51.100.{some}",
            device=f"device-{draw(WHO)}",
            actor=draw(st.sampled_from((None, "staff"))),
            tried=f"number-{draw(WHO)}",
            method="password",
            reason=draw(st.sampled_from(("wrong", "flash", "frames_repeated", "match"))),
            grant_id=f"grant-{draw(WHO)}",
            way="device",
            scores=[0.5, 0.25, round(0.1 * some, 4)],
            issuer="issuer",
            licence=f"licence-{draw(WHO)}",
            rule="signatures",
        )
    return log.events


def fed(events: list[Recorded], surroundings: Surroundings = ABROAD) -> list[Finding]:
    engine = Engine(SMALL, surroundings)
    return [finding for event in events for finding in engine.feed(event)]


@given(logs())
@settings(max_examples=60, deadline=None)
def test_the_same_events_give_the_same_findings(events: list[Recorded]) -> None:
    findings = fed(events)
    assert findings == fed(events)
    known = {event.id: event for event in events}
    for finding in findings:
        assert set(finding.event_ids) <= known.keys()
        assert 1 <= len(finding.event_ids) <= EVENTS_AT_MOST
        last = known[finding.event_ids[-1]]
        assert finding.last_at == last.at
        assert finding.first_at <= finding.last_at
        assert finding.count >= 1


@given(logs(), st.data())
@settings(max_examples=60, deadline=None)
def test_who_begins_again_anywhere_finds_what_was_left_to_find(
    events: list[Recorded], data: st.DataObject
) -> None:
    """Nothing twice and nothing less: an engine that was restored goes on as the one before would have."""
    cut = data.draw(st.integers(0, len(events)))
    before, after = events[:cut], events[cut:]
    first = Engine(SMALL, ABROAD)
    made = [finding for event in before for finding in first.feed(event)]
    latest = {(finding.rule, finding.subject): finding.event_ids[-1] for finding in made}
    cleared = {(rule, event) for (rule, _subject), event in latest.items()}
    second = Engine(SMALL, ABROAD)
    for event in before:
        second.restore(event, cleared)
    goes_on = [finding for event in after for finding in first.feed(event)]
    begins_again = [finding for event in after for finding in second.feed(event)]
    assert begins_again == goes_on


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("tried", "method", "reason", "scores", "grant_id", "way", "issuer", "licence", "rule", "staff_id")


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.dictionaries(st.sampled_from(FIELDS), JSON)), max_size=30)
)
@settings(max_examples=100, deadline=None)
def test_attack_forged_events_stop_no_rule(forged: list[tuple[str, dict[str, Any]]]) -> None:
    """Whoever may write into the log's table writes anything there; alerts can be made of it all the same."""
    log = Log()
    for name, fields in forged:
        who: dict[str, Any] = {
            "person_id": "x" * 300,
            "client_id": "\0",
            "address": "\0",
            "device": " ",
            "actor": "\n",
        }
        log.says(name, **who, **fields)
    for finding in fed(log.events):
        assert 1 <= len(finding.subject) <= 128
        assert finding.subject.isprintable()


def watches(engine: Engine) -> list[Watch[object]]:
    return list(
        {
            id(watch): watch for found in engine._looking.values() for one in found for watch in one.watches
        }.values()
    )


def test_memory_is_bounded_however_many_subjects_come() -> None:
    engine = Engine(SHIPPED.values(), Surroundings(keys_at_most=100))
    random = Random(1)
    log = Log()
    for number in range(5000):
        log.says(
            random.choice(("sign_in_refused", "face_refused", "authorization_requested", "code_replayed")),
            after=0.01,
            person_id=f"person-{number}",
            client_id=f"client-{number}",
            address=f"203.0.{number % 256}.{number // 256}",
            device=f"device-{number}",
            tried=f"number-{number}",
            method="password",
            reason="match",
            grant_id=f"grant-{number}",
        )
    for event in log.events:
        engine.feed(event)
    assert all(len(watch._states) <= 100 for watch in watches(engine))


def test_memory_is_bounded_however_much_comes_of_one_subject() -> None:
    """Who fails as often as the rule's share allows is remembered no longer than that."""
    rule = SHIPPED["many-numbers-one-address"]
    engine = Engine([rule])
    log = Log()
    for number in range(3000):
        log.says("sign_in_refused", address="203.0.113.9", tried=f"number-{number}")
        for _ in range(4):
            log.says("signed_in", address="203.0.113.9")
    assert [finding for event in log.events for finding in engine.feed(event)] == []
    (watch,) = watches(engine)
    (seen,) = watch._states.values()
    assert len(seen.values) <= 4 * rule.threshold  # type: ignore[attr-defined]
    assert len(seen.against) <= 12 * rule.threshold  # type: ignore[attr-defined]


def test_whoever_was_not_heard_of_for_the_window_is_forgotten() -> None:
    engine = Engine([SHIPPED["client-code-replay"]])
    log = Log()
    for number in range(50):
        log.says("code_replayed", client_id=f"client-{number}")
    for number in range(60):
        log.says("code_replayed", after=90000, client_id=f"late-{number}")
    for event in log.events:
        engine.feed(event)
    assert [len(watch._states) for watch in watches(engine)] == [1, 1]


def test_a_finding_begins_its_count_anew() -> None:
    rule = SHIPPED["client-code-replay"]
    log = Log()
    for _ in range(3 * rule.threshold):
        log.says("code_replayed", after=1, client_id="client")
    engine = Engine([rule])
    counts = [finding.count for event in log.events for finding in engine.feed(event)]
    assert counts == [rule.threshold] * 3


LONGER = SHIPPED["client-code-replay"].limits[-1].window_seconds


def test_what_comes_late_by_more_than_the_window_counts_no_more() -> None:
    rule = SHIPPED["client-code-replay"]
    log = Log()
    log.says("code_replayed", client_id="client")
    for _ in range(10):
        log.says("code_replayed", after=-(LONGER + 1), client_id="client")
        log.says("signed_out", after=LONGER + 1)
    engine = Engine([rule])
    assert [finding for event in log.events for finding in engine.feed(event)] == []


def test_rules_that_do_not_run_say_why() -> None:
    off = SHIPPED["client-code-replay"].model_copy(update={"enabled": False})
    engine = Engine([off, SHIPPED["impossible-travel"], SHIPPED["staff-guessing"]])
    assert engine.off == {"client-code-replay": "disabled", "impossible-travel": "places"}
    assert [rule.name for rule in engine.rules] == ["staff-guessing"]
    assert engine.windows.keys() == {
        "staff_sign_in_refused",
        "staff_sign_in_delayed",
        "staff_activation_refused",
    }
    assert engine.longest_window == timedelta(days=1)
    assert Engine([]).longest_window == timedelta()


def test_an_event_that_nobody_can_read_disturbs_nothing() -> None:
    """A later version's, or a forger's."""
    log = Log().says("sign_in_refused", payload="{").says("no_such_event", x=1)
    log.says("face_checked", device="browser", scores="no list").says(
        "sign_in_refused", tried=["a"], address="no address"
    )
    assert fed(log.events) == []
