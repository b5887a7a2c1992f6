"""What the operator did to the provider."""

from idp.audit.fields import Code, Event, Identifier, event


@event
class ClientRegistered(Event):
    client_id: Identifier
    digest: Identifier
    """SHA-256 of the registration as it stands now."""


@event
class ClientChanged(Event):
    client_id: Identifier
    digest: Identifier
    changed: tuple[Code, ...]


@event
class KeysRotated(Event):
    purpose: Code
    key_id: Identifier
    step: Code
    """published, activated, resealed or removed."""


@event
class FieldsReencrypted(Event):
    rows: int
    key_id: Identifier
