"""Staff: their accounts, their signing in, and the changes that take two."""

from idp.audit.fields import Code, Event, Identifier, event


@event
class StaffAdded(Event):
    """An account for a member of staff was made."""

    staff_id: Identifier
    roles: tuple[Code, ...]


@event
class StaffRolesChanged(Event):
    """A member of staff has other roles from here on."""

    staff_id: Identifier
    roles: tuple[Code, ...]
    """Afterwards."""


@event
class StaffStatusChanged(Event):
    """An account of staff was closed, or opened again."""

    staff_id: Identifier
    status: Code
    reason: Code


@event
class StaffPlaced(Event):
    """Another office or window."""

    staff_id: Identifier


@event
class StaffActivationMade(Event):
    """A code by which they choose how they sign in; whatever they signed in with before is gone."""

    staff_id: Identifier
    reason: Code
    """added or reset."""


@event
class StaffActivationRefused(Event):
    """Somebody showed an activation code of staff that is not good, or no more."""

    reason: Code
    staff_id: Identifier | None = None


@event
class StaffMeansSet(Event):
    """What they sign in with."""

    staff_id: Identifier
    means: Code
    """password_and_totp, or passkey."""
    way: Code
    """activation, or added."""


@event
class StaffPasskeyRemoved(Event):
    """A passkey of staff signs in no more."""

    staff_id: Identifier
    passkey_id: Identifier


@event
class StaffPasskeyCloned(Event):
    """A signature counter went back (WebAuthn Level 3, section 6.1.1)."""

    staff_id: Identifier
    passkey_id: Identifier


@event
class StaffSignedIn(Event):
    """A browser has a session of a member of staff from here on."""

    staff_id: Identifier
    methods: tuple[Code, ...]
    session_id: Identifier
    """A digest of the session's id."""


@event
class StaffSignInRefused(Event):
    """Somebody tried to sign in as staff and did not."""

    reason: Code
    method: Code
    staff_id: Identifier | None = None


@event
class StaffSignInDelayed(Event):
    """Too many failures: told to wait."""

    method: Code
    seconds: int


@event
class StaffSignedOut(Event):
    """A session of a member of staff is over."""

    staff_id: Identifier
    session_id: Identifier


@event
class StaffRefused(Event):
    """Somebody signed in asked for a page of a role that they do not have."""

    staff_id: Identifier
    page: Code


@event
class StaffChangeAsked(Event):
    """What nobody does alone: it waits for a second officer."""

    staff_id: Identifier
    """Whose account it is about."""
    change_id: Identifier
    kind: Code


@event
class StaffChangeDecided(Event):
    """A second officer agreed to, or refused, what nobody does alone."""

    staff_id: Identifier
    change_id: Identifier
    officer_id: Identifier
    outcome: Code
    """agreed or refused."""
