"""The catalogue: everything the audit log can say.

A field is a code, an identifier, a number or a flag (see `fields`): no event can hold a name, an ID
number, a phone number or an image. `person_id` and `client_id` are columns of the log, the rest is
its payload. Times, addresses and devices come from the AuditContext.

Each file declares the events of one concern, and an event is imported from there:
`from idp.audit.events.cases import CaseOpened`.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType
from typing import Final

from idp.audit.events import (
    acting,
    app_editing,
    backchannel,
    business,
    care,
    cases,
    checking,
    client_secrets,
    credentials,
    decoupled,
    desk,
    detection,
    developers,
    faces,
    going_live,
    kept_faces,
    licence_app,
    licences,
    limits,
    logout,
    mandates,
    measures,
    operation,
    people,
    protocol,
    proving,
    reading,
    sandbox,
    signing_in,
    staff,
    starting,
    window,
)
from idp.audit.fields import Event

CONCERNS: Final = (
    acting,
    app_editing,
    backchannel,
    business,
    care,
    cases,
    checking,
    client_secrets,
    credentials,
    decoupled,
    desk,
    detection,
    developers,
    faces,
    going_live,
    kept_faces,
    licence_app,
    licences,
    limits,
    logout,
    mandates,
    measures,
    operation,
    people,
    protocol,
    proving,
    reading,
    sandbox,
    signing_in,
    staff,
    starting,
    window,
)


def _declared(concern: ModuleType) -> Iterator[type[Event]]:
    for value in vars(concern).values():
        if isinstance(value, type) and issubclass(value, Event) and value.__module__ == concern.__name__:
            yield value


CATALOGUE: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {declared.name: declared for concern in CONCERNS for declared in _declared(concern)}
)
"""Every event by its name, such as `signed_in`."""
