"""Every event as OCSF 1.3.0 has it: what the schema requires is there, numbers are those of the schema."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from idp.audit.events import CATALOGUE
from idp.audit.export.classes import (
    ACTIVITIES,
    API,
    AUTHENTICATION,
    MEANINGS,
    OTHER,
    Class,
    Meaning,
    meaning_of,
)
from idp.audit.export.ocsf import mapped, ocsf
from idp.audit.fields import Event
from idp.audit.recorded import Recorded
from tests.idp.audit.export.test_formats import EVENT, PERSON, changed
from tests.idp.audit.test_fields import example

EVERY = {"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}
"""`events/base_event.json` and its includes: what every class requires."""
PUBLISHED: dict[int, tuple[str, set[str], set[str], list[str]]] = {
    3001: (
        "Account Change",
        {"user"},
        set(),
        [
            *("Create", "Enable", "Password Change", "Password Reset", "Disable", "Delete", "Attach Policy"),
            *("Detach Policy", "Lock", "MFA Factor Enable", "MFA Factor Disable"),
        ],
    ),
    3002: (
        "Authentication",
        {"user"},
        {"service", "dst_endpoint"},
        [
            *("Logon", "Logoff", "Authentication Ticket", "Service Ticket Request", "Service Ticket Renew"),
            "Preauth",
        ],
    ),
    3004: ("Entity Management", {"entity"}, set(), ["Create", "Read", "Update", "Delete"]),
    3005: (
        "User Access Management",
        {"user", "privileges"},
        set(),
        ["Assign Privileges", "Revoke Privileges"],
    ),
    6002: ("Application Lifecycle", {"app"}, set(), ["Install", "Remove", "Start", "Stop"]),
    6003: ("API Activity", {"actor", "api", "src_endpoint"}, set(), ["Create", "Read", "Update", "Delete"]),
}
"""Of https://github.com/ocsf/ocsf-schema, events/iam and events/application: the class, what it requires, of
what at least one, its activities from 1 on."""
AT_LEAST_ONE = {
    "user": {"account", "name", "uid"},
    "actor": {"process", "user", "invoked_by", "session", "app_name", "app_uid"},
    "src_endpoint": {"ip", "uid", "name", "hostname", "svc_name", "instance_uid"},
    "entity": {"name", "uid"},
    "service": {"name", "uid"},
    "api": {"operation"},
    "app": {"name"},
}
"""Constraints of `objects/*.json`, and what they require."""


def holds(event: Recorded) -> dict[str, Any]:
    """What the schema asks of every event; the event as it is."""
    found = mapped(event)
    class_uid, activity = found["class_uid"], found["activity_id"]
    name, required, any_of, activities = PUBLISHED[class_uid]
    assert found.keys() >= EVERY | required
    assert not any_of or any_of & found.keys()
    assert (found["class_name"], found["category_uid"]) == (name, class_uid // 1000)
    assert found["type_uid"] == class_uid * 100 + activity
    if activity == OTHER:
        assert found["activity_name"] not in activities
    else:
        assert found["activity_name"] == activities[activity - 1]
    assert found["severity_id"] in range(1, 7)
    assert (found["status_id"], found["status"]) in {(1, "Success"), (2, "Failure")}
    metadata = found["metadata"]
    assert (metadata["version"], metadata["uid"]) == ("1.3.0", event.id)
    assert metadata["product"].keys() >= {"name", "vendor_name"}
    for member, one_of in AT_LEAST_ONE.items():
        assert member not in found or one_of & found[member].keys(), member
    return found


def as_recorded(declared: type[Event], **columns: Any) -> Recorded:
    values = declared(**example(declared)).values()
    given = {"person_id": values.pop("person_id", None), "client_id": values.pop("client_id", None)}
    return changed(name=declared.name, fields=values, **{**given, **columns})


@pytest.mark.parametrize("declared", CATALOGUE.values(), ids=CATALOGUE)
def test_every_event_has_its_class_and_what_the_schema_requires(declared: type[Event]) -> None:
    assert declared.name in MEANINGS
    holds(as_recorded(declared))
    holds(as_recorded(declared, person_id=None, client_id=None, address=None, device=None, actor="worker"))
    holds(as_recorded(declared, person_id=None, client_id=None, address=None, request_id=None))


def test_the_tables_name_no_event_that_is_not_there() -> None:
    assert set(MEANINGS) <= set(CATALOGUE)
    assert set(ACTIVITIES) == set(Class)


def test_an_unknown_event_goes_out_all_the_same() -> None:
    found = holds(changed(name="teleported", version=9, fields={"hue": "green"}))
    assert (found["class_uid"], found["activity_id"]) == (6003, OTHER)
    assert found["unmapped"]["hue"] == "green"
    assert found["metadata"]["log_version"] == "9"


def test_a_refused_sign_in() -> None:
    found = holds(EVENT)
    assert (found["type_uid"], found["status_id"], found["status_detail"]) == (300201, 2, "wrong-password")
    assert found["user"]["uid"] == PERSON
    assert found["service"] == {"name": "Identity Provider", "uid": "hall"}
    assert found["src_endpoint"] == {"ip": "203.0.113.7"}
    assert found["time"] == round(datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC).timestamp() * 1000)
    assert found["unmapped"]["device"] == "d" * 43


def test_who_acts_is_told_from_whom_it_is_about() -> None:
    found = holds(changed(name="person_status_changed", actor="operator", fields={"status": "frozen"}))
    assert found["actor"]["user"]["uid"] == "operator"
    assert found["user"]["uid"] == PERSON
    token = holds(changed(name="token_issued", person_id=None, fields={"scopes": ["openid"]}))
    assert token["actor"] == {"app_uid": "hall"}


@pytest.mark.parametrize(
    ("name", "meaning"),
    [("signed_in", Meaning(AUTHENTICATION, 1)), ("claims_released", Meaning(API, 2))],
)
def test_what_went_well_is_information(name: str, meaning: Meaning) -> None:
    assert meaning_of(name) == meaning


def test_an_event_is_a_line() -> None:
    first, second = ocsf([EVENT, EVENT])
    assert first == second
    assert first.count("\n") == 1
    assert json.loads(first)["class_uid"] == 3002
