"""What the operator did to the provider, and who registers clients."""

from collections.abc import Mapping
from typing import ClassVar

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class ClientRegistered(Event):
    """The operator or a developer registered a client."""

    added_fields: ClassVar[Mapping[str, int]] = {"by": 2, "person_id": 2}

    client_id: Identifier
    digest: Identifier
    """SHA-256 of the registration as it stands now."""
    by: Code = "operator"
    """operator, person: a member of the app's team; staff."""
    person_id: PersonId | None = None
    """The member."""


@event
class ClientChanged(Event):
    """A registration says something else than before."""

    added_fields: ClassVar[Mapping[str, int]] = {"by": 2, "person_id": 2}

    client_id: Identifier
    digest: Identifier
    changed: tuple[Code, ...]
    by: Code | None = None
    """operator, person, staff, or the client itself."""
    person_id: PersonId | None = None


@event
class ClientSelfRegistered(Event):
    """By its own request; nobody has looked at it."""

    client_id: Identifier
    digest: Identifier
    initial_token_id: Identifier | None = None
    """The token of the operator's that let it, if one was needed."""


@event
class ClientDeleted(Event):
    """A client is gone, with all that people had allowed it."""

    client_id: Identifier
    reason: Code
    """by-itself, by-its-team, by-the-operator, unused."""
    consents: int
    """That ended with it."""
    grants: int


@event
class ClientLogoChanged(Event):
    """What is shown as a client's logo."""

    client_id: Identifier
    outcome: Code
    """`made`, or why there is none now."""


@event
class RegistrationRefused(Event):
    """A registration, or a change of one, was not taken."""

    client_id: Identifier | None
    error: Code
    detail: Code


@event
class InitialTokenMade(Event):
    """The operator, or a team in the console, made a token by which clients register themselves."""

    added_fields: ClassVar[Mapping[str, int]] = {"person_id": 2, "team_id": 2}

    initial_token_id: Identifier
    uses: int
    days: int
    person_id: PersonId | None = None
    """Who of the team; absent: the operator."""
    team_id: Identifier | None = None
    """Whose apps they are that register with it."""


@event
class InitialTokenEnded(Event):
    """No client registers itself by this token any more."""

    added_fields: ClassVar[Mapping[str, int]] = {"person_id": 2, "team_id": 2}

    initial_token_id: Identifier
    person_id: PersonId | None = None
    """Who of the team; absent: the operator."""
    team_id: Identifier | None = None


@event
class KeysRotated(Event):
    """A key of the provider went on to its next step."""

    purpose: Code
    key_id: Identifier
    step: Code
    """published, activated, resealed or removed."""


@event
class FieldsReencrypted(Event):
    """Sealed columns were brought to the key in use."""

    rows: int
    key_id: Identifier
