"""Evidence of a verdict: everything that was judged, nobody's face, and nothing else is taken back."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness import (
    Action,
    Challenge,
    GateScore,
    Receipt,
    ReceiptInvalid,
    Refusal,
    Verdict,
    new_challenge,
)

NOW = datetime(2026, 11, 22, 8, 0, 0, 654321, tzinfo=UTC)
CHALLENGE = new_challenge(NOW, random=Random(7))
VERDICT = Verdict(
    live=True,
    matched=True,
    refused_by=None,
    advice=None,
    gates=(
        GateScore("antispoof", 0.912345, 0.5, passed=True),
        GateScore("match", 0.61234, 0.4, passed=True),
    ),
    unproved=("planarity",),
    models={"detector": "a" * 64, "pad/fr_liveness": "b" * 64},
    actions=(Action.NOD, Action.OPEN_MOUTH),
    cpu_ms={"pad": 54.0},
)
RECEIPT = Receipt.of(
    VERDICT, CHALLENGE, judged_at=NOW + timedelta(seconds=9), consent="consent-1", matched_by="engine"
)

names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
tokens = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
times = st.floats(1.6e9, 4e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
scores = st.floats(-1e6, 1e6)
refusals = st.none() | st.sampled_from(list(Refusal))
verdicts = st.builds(
    Verdict,
    live=st.booleans(),
    matched=st.none() | st.booleans(),
    refused_by=refusals,
    advice=st.none(),
    gates=st.lists(st.builds(GateScore, names, scores, scores, st.booleans(), refusals), max_size=9).map(
        tuple
    ),
    unproved=st.lists(names, max_size=4).map(tuple),
    models=st.dictionaries(names, st.from_regex(r"[0-9a-f]{64}", fullmatch=True), min_size=1, max_size=8),
    actions=st.lists(st.sampled_from(list(Action)), max_size=5).map(tuple),
)
challenges = st.builds(
    Challenge,
    nonce=tokens,
    actions=st.lists(st.sampled_from(list(Action)), min_size=1, max_size=5).map(tuple),
    issued_at=times,
    expires_at=times,
    window_ms=st.integers(1000, 9000),
)
receipts = st.builds(
    Receipt.of,
    verdicts,
    challenges,
    judged_at=times,
    camera=st.sampled_from(["live", "film", "played"]),
    consent=st.none() | tokens,
    matched_by=st.none() | st.sampled_from(["engine", "template", "register"]),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(receipts)
def test_a_receipt_survives_json(receipt: Receipt) -> None:
    claims = json.loads(json.dumps(receipt.to_claims(), allow_nan=False))
    assert Receipt.from_claims(claims) == receipt
    assert Receipt.from_claims(claims).digest == receipt.digest


def test_it_says_what_was_judged_and_by_how_much() -> None:
    assert RECEIPT.to_claims() == {
        "version": 1,
        "nonce": CHALLENGE.nonce,
        "asked_at": int(NOW.timestamp()),
        "judged_at": int(NOW.timestamp()) + 9,
        "actions": ["nod", "open_mouth"],
        "camera": "live",
        "live": True,
        "matched_by": "engine",
        "gates": [
            {"name": "antispoof", "score": 0.912, "threshold": 0.5, "passed": True},
            {"name": "match", "score": 0.612, "threshold": 0.4, "passed": True},
        ],
        "unproved": ["planarity"],
        "models": {"detector": "a" * 64, "pad/fr_liveness": "b" * 64},
        "consent": "consent-1",
    }


@pytest.mark.parametrize("matched_by", ["register", None])
def test_a_match_with_a_picture_that_is_no_reference_is_no_match(matched_by: Any) -> None:
    receipt = Receipt.of(VERDICT, CHALLENGE, judged_at=NOW, matched_by=matched_by)
    assert [gate.name for gate in receipt.gates] == ["antispoof"]


def test_a_failed_match_stays_in_sight() -> None:
    failed = replace(VERDICT, gates=(GateScore("match", 0.1, 0.4, passed=False, reason=Refusal.MATCH),))
    assert Receipt.of(failed, CHALLENGE, judged_at=NOW).gates[0].reason is Refusal.MATCH


def test_the_digest_stands_for_the_check_and_not_for_whom_it_was_shown_to() -> None:
    elsewhere = replace(RECEIPT, nonce="another", consent="another")
    assert elsewhere.digest == RECEIPT.digest
    assert replace(RECEIPT, live=False).digest != RECEIPT.digest
    assert replace(RECEIPT, gates=RECEIPT.gates[:1]).digest != RECEIPT.digest


@given(st.sampled_from(sorted(RECEIPT.to_claims())), json_values)
def test_whatever_is_taken_back_is_a_receipt_of_the_same_words(name: str, value: object) -> None:
    claims = RECEIPT.to_claims() | {name: value}
    try:
        receipt = Receipt.from_claims(claims)
    except ReceiptInvalid:
        return
    assert receipt.to_claims() == claims


@pytest.mark.parametrize("name", sorted(set(RECEIPT.to_claims()) - {"matched_by", "consent"}))
def test_nothing_may_be_missing(name: str) -> None:
    claims = RECEIPT.to_claims()
    del claims[name]
    with pytest.raises(ReceiptInvalid, match=name):
        Receipt.from_claims(claims)


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "somebody"},
        {"image": "AAAA"},
        {"version": 2},
        {"version": True},
        {"nonce": "not a token"},
        {"camera": "dashcam"},
        {"live": 1},
        {"judged_at": "2026-11-22"},
        {"judged_at": -1},
        {"judged_at": 10**15},
        {"actions": ["dance"]},
        {"actions": [["nod"]]},
        {"refused_by": "moon"},
        {"gates": [{"name": "match"}]},
        {"gates": [{"name": "match", "score": float("nan"), "threshold": 0, "passed": True}]},
        {"gates": [{"name": "match", "score": 1, "threshold": 0, "passed": True, "photo": "x"}]},
        {"gates": [{"name": "match", "score": 1, "threshold": 0, "passed": True}] * 17},
        {"models": {}},
        {"models": {"detector": "none"}},
        {"models": ["a" * 64]},
        {"unproved": ["张三"]},
    ],
)
def test_anything_else_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ReceiptInvalid):
        Receipt.from_claims(RECEIPT.to_claims() | changes)


@given(json_values)
def test_other_json_is_no_receipt(value: Any) -> None:
    with pytest.raises(ReceiptInvalid):
        Receipt.from_claims(value)


def test_what_was_played_was_judged_by_no_network_and_nothing_else_was() -> None:
    claims = RECEIPT.to_claims() | {"models": {}}
    assert Receipt.from_claims(claims | {"camera": "played"}).models == {}
    for camera in ("live", "film"):
        with pytest.raises(ReceiptInvalid, match="models"):
            Receipt.from_claims(claims | {"camera": camera})
