"""What each event counts as, told from the declarations that write them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from idp.audit.events import CATALOGUE
from idp.audit.recorded import Recorded
from idp.audit.statistics.counting import (
    COUNTED,
    MOST,
    OTHER,
    Hourly,
    Kind,
    Known,
    bounded,
    day_of,
    hour_of,
    tally,
)
from tests.idp.audit.statistics.conftest import NOW, STAFF

HERE = hour_of(NOW)


def recorded(
    name: str, *, client_id: str | None = None, actor: str | None = None, **said: object
) -> Recorded:
    nothing = dict.fromkeys(("person_id", "request_id", "address", "device", "interaction_id"))
    return Recorded(
        place=(0, 1),
        id="e",
        at=NOW,
        name=name,
        version=1,
        client_id=client_id,
        actor=actor,
        fields=said,
        **nothing,
    )


def kinds(*events: Recorded) -> dict[tuple[str, str], int]:
    counts = tally(events)
    assert {hour for _, hour, _ in counts} == {HERE}
    return {(kind, value): count for (kind, _, value), count in counts.items() if kind != Kind.EVENT}


def test_a_sign_in_counts_by_its_level_and_by_what_it_was_done_with() -> None:
    event = recorded("signed_in", client_id="hall", level=3, methods=["face", "password"])
    assert kinds(event, event) == {("level", "3"): 2, ("factor", "face"): 2, ("factor", "password"): 2}


def test_a_raised_session_is_no_sign_in() -> None:
    event = recorded("stepped_up", client_id="hall", level=3, methods=["face"])
    assert kinds(event) == {("raised", "3"): 1, ("factor", "face"): 1}


def test_a_failure_says_by_what_and_why() -> None:
    refused = recorded("sign_in_refused", client_id="hall", method="password", reason="wrong")
    delayed = recorded("sign_in_delayed", method="sms", seconds=30)
    found = {("failure", "password:wrong"): 1, ("failure", "sms:delayed"): 1, ("client_failure", "hall"): 1}
    assert kinds(refused, delayed) == {**found, ("client_reason", "hall:person:password:wrong"): 1}


def test_a_refused_face_counts_by_the_gate() -> None:
    events = recorded("face_checked"), recorded("face_refused", reason="antispoof")
    assert kinds(*events) == {
        ("liveness", "live"): 1,
        ("liveness", "refused"): 1,
        ("gate", "antispoof"): 1,
    }


def test_an_alert_counts_by_its_severity() -> None:
    assert kinds(recorded("alert_raised", severity="high")) == {("alert", "high"): 1}


@pytest.mark.parametrize(
    ("name", "kind", "detail"),
    [
        ("code_issued", "client_sign_in", {}),
        ("authorization_approved", "client_sign_in", {}),
        ("token_issued", "client_token", {("client_grant", "hall:refresh_token"): 1}),
        ("token_exchanged", "client_token", {("client_grant", "hall:token_exchange"): 1}),
        ("token_refused", "client_failure", {("client_reason", "hall:invalid_grant"): 1}),
        ("authorization_refused", "client_failure", {("client_reason", "hall:invalid_grant"): 1}),
    ],
)
def test_clients_are_told_apart(name: str, kind: str, detail: dict[tuple[str, str], int]) -> None:
    said = {"error": "invalid_grant", "grant_type": "refresh_token"}
    assert kinds(recorded(name, client_id="hall", **said)) == {(kind, "hall"): 1, **detail}
    assert kinds(recorded(name, **said)) == {}


def test_staff_are_told_from_programs_by_their_ids() -> None:
    by_staff, by_program = recorded("window_sign_in", actor=STAFF), recorded("keys_rotated", actor="worker")
    assert kinds(by_staff, by_program) == {("staff", "window_sign_in"): 1}


def test_a_row_that_is_none_of_ours_counts_and_breaks_nothing() -> None:
    strange = [
        recorded(name, level=["x"] * 100, methods="nonsense", method={}, reason="", payload="{")
        for name in COUNTED
    ]
    assert sum(count for (kind, *_), count in tally(strange).items() if kind == Kind.EVENT) == len(COUNTED)
    assert all(len(value) <= 128 for *_, value in tally(strange))


def test_only_events_of_the_catalogue_are_asked_what_they_tell() -> None:
    assert COUNTED.keys() <= CATALOGUE.keys()


def test_a_day_begins_at_midnight_in_china() -> None:
    midnight = datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert day_of(hour_of(midnight)) == hour_of(midnight)
    assert day_of(hour_of(midnight - timedelta(seconds=1))) == hour_of(midnight) - 24
    assert day_of(hour_of(midnight + timedelta(hours=23, minutes=59))) == hour_of(midnight)


def test_beyond_the_most_values_all_are_one() -> None:
    most = MOST[Kind.CLIENT_TOKEN]
    counts: Counter[Hourly] = Counter({(Kind.CLIENT_TOKEN, HERE, f"c{one}"): 2 for one in range(most + 5)})
    known: Known = {}
    found = bounded(counts, known)
    assert found[Kind.CLIENT_TOKEN, 1, HERE, OTHER] == 10
    assert sum(1 for _, grain, *_ in found if grain == 1) == most + 1
    again = bounded(Counter({(Kind.CLIENT_TOKEN, HERE, "c0"): 1, (Kind.CLIENT_TOKEN, HERE, "new"): 1}), known)
    assert again[Kind.CLIENT_TOKEN, 1, HERE, "c0"] == again[Kind.CLIENT_TOKEN, 1, HERE, OTHER] == 1
