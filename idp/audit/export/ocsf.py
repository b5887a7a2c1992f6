"""OCSF 1.3.0 (Open Cybersecurity Schema Framework), a JSON object on a line. https://schema.ocsf.io/1.3.0"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from idp.audit.export.classes import (
    ACTIVITIES,
    CATEGORIES,
    OTHER,
    Class,
    Outcome,
    detail_of,
    meaning_of,
)
from idp.audit.export.product import PRODUCT, RELEASE, VENDOR
from idp.audit.fields import canonical_json
from idp.audit.recorded import Recorded

SCHEMA = "1.3.0"
SUCCESS, FAILURE = 1, 2
UNKNOWN_USER = {"type_id": 0, "type": "Unknown", "uid": "unknown"}
"""Where the schema wants a user and nobody knows who it was."""
OUR_SERVICE = {"name": PRODUCT}
ENTITIES = ("client_id", "organisation_id", "initial_token_id", "key_id", "export_id", "event_id")
"""Fields that say which entity it is about, the first that is there."""


def ocsf(events: Iterable[Recorded]) -> Iterator[str]:
    for event in events:
        yield f"{canonical_json(mapped(event))}\n"


def mapped(event: Recorded) -> dict[str, Any]:
    meaning = meaning_of(event.name)
    class_uid, activity = meaning.class_.uid, meaning.activity
    category = class_uid // 1000
    title = event.name.replace("_", " ").capitalize()
    activity_name = title if activity == OTHER else ACTIVITIES[meaning.class_][activity]
    found = {
        "activity_id": activity,
        "activity_name": activity_name,
        "category_uid": category,
        "category_name": CATEGORIES[category],
        "class_uid": class_uid,
        "class_name": meaning.class_.caption,
        # The dictionary: class_uid * 100 + activity_id.
        "type_uid": class_uid * 100 + activity,
        "type_name": f"{meaning.class_.caption}: {activity_name}",
        "time": round(event.at.timestamp() * 1000),
        "severity_id": int(meaning.severity),
        "severity": meaning.severity.name.capitalize(),
        "status_id": SUCCESS if meaning.outcome is Outcome.SUCCESS else FAILURE,
        "status": meaning.outcome.value,
        "status_detail": detail_of(event.fields),
        "message": title,
        "metadata": _metadata(event),
        "src_endpoint": None if event.address is None else {"ip": event.address},
        **OF_CLASS[meaning.class_](event),
        "unmapped": _unmapped(event),
    }
    return {name: value for name, value in found.items() if value is not None}


def _metadata(event: Recorded) -> dict[str, Any]:
    product = {"name": PRODUCT, "vendor_name": VENDOR, "version": RELEASE}
    found = {"version": SCHEMA, "product": product, "uid": event.id, "event_code": event.name}
    found |= {"log_name": "audit", "log_version": str(event.version)}
    if event.request_id is not None:
        found["correlation_uid"] = event.request_id
    return found


def _unmapped(event: Recorded) -> dict[str, Any] | None:
    found = {**event.fields, "device": event.device, "interaction_id": event.interaction_id}
    return {name: value for name, value in found.items() if value is not None} or None


def _person(event: Recorded) -> dict[str, Any]:
    """The user whom it is about."""
    if event.person_id is not None:
        return {"uid": event.person_id, "type_id": 1, "type": "User"}
    if (staff_id := event.fields.get("staff_id")) is not None:
        return {"uid": staff_id, "type_id": 2, "type": "Admin"}
    return UNKNOWN_USER


def _actor(event: Recorded) -> dict[str, Any]:
    """Who did it: of staff, the command line and the worker their own; else the client, and the person."""
    if event.actor is not None:
        return {"user": {"uid": event.actor, "type_id": 2, "type": "Admin"}}
    found: dict[str, Any] = {}
    if event.client_id is not None:
        found["app_uid"] = event.client_id
    if event.person_id is not None or event.client_id is None:
        found["user"] = _person(event)
    return found


def _of_authentication(event: Recorded) -> dict[str, Any]:
    # At least one of `service` and `dst_endpoint`: whom somebody signs in to is this provider.
    return {
        "user": _person(event),
        "actor": _actor(event),
        "service": {**OUR_SERVICE, "uid": event.client_id} if event.client_id else OUR_SERVICE,
        "session": {"uid": event.fields["session_id"]} if "session_id" in event.fields else None,
        "is_remote": True,
    }


def _of_user(event: Recorded) -> dict[str, Any]:
    return {"user": _person(event), "actor": _actor(event)}


def _of_access(event: Recorded) -> dict[str, Any]:
    privileges = event.fields.get("scopes") or event.fields.get("roles") or [event.fields.get("role", "none")]
    return {**_of_user(event), "privileges": privileges}


def _of_entity(event: Recorded) -> dict[str, Any]:
    about = {**event.fields, "client_id": event.client_id}
    kind = next((name for name in ENTITIES if about.get(name) is not None), None)
    entity = {"name": PRODUCT, "type": "provider"}
    if kind is not None:
        entity = {"uid": about[kind], "type": kind.removesuffix("_id")}
    return {"entity": entity, "actor": _actor(event)}


def _of_start(_event: Recorded) -> dict[str, Any]:
    return {"app": {"name": PRODUCT, "vendor_name": VENDOR, "version": RELEASE}}


def _of_api(event: Recorded) -> dict[str, Any]:
    # `src_endpoint` is required: what has no address was done by the provider itself.
    source = {"svc_name": PRODUCT} if event.address is None else {"ip": event.address}
    return {"api": {"operation": event.name}, "actor": _actor(event), "src_endpoint": source}


OF_CLASS: dict[Class, Callable[[Recorded], dict[str, Any]]] = {
    Class.ACCOUNT_CHANGE: _of_user,
    Class.AUTHENTICATION: _of_authentication,
    Class.ENTITY_MANAGEMENT: _of_entity,
    Class.USER_ACCESS: _of_access,
    Class.APPLICATION_LIFECYCLE: _of_start,
    Class.API_ACTIVITY: _of_api,
}
"""What the schema asks of a class beyond what all have."""
