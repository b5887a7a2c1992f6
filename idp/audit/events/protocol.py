"""What relying parties asked for, and what they got."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class AuthorizationRefused(Event):
    """A client asked at the authorization endpoint, and did not get a code."""

    client_id: Identifier | None
    error: Code
    detail: Code
    """The reference that was shown; `redirect_uri`: somebody asked in the client's name to be led to an
    address that is not registered, and saw a page."""
    person_id: PersonId | None = None


@event
class CodeIssued(Event):
    """A client got an authorization code for a person who is signed in."""

    client_id: Identifier
    person_id: PersonId
    scopes: tuple[Code, ...]
    level: int
    grant_id: Identifier
    particulars: tuple[Code, ...] = ()
    """What the request alone asked for: types of authorization details (RFC 9396), and `purpose`."""
    particular_digests: tuple[Identifier, ...] = ()
    """Of these in the same order: what of them was agreed to can be checked, and not read."""
    mandate_id: Identifier | None = None
    """On whose strength the person acts for somebody else there (`idp/mandates/uses.py`)."""


@event
class CodeReplayed(Event):
    """A code came a second time; its grant is revoked (RFC 9700 section 4.5)."""

    client_id: Identifier
    grant_id: Identifier
    person_id: PersonId | None = None


@event
class GrantEnded(Event):
    """A grant, with all tokens that it gave."""

    client_id: Identifier
    grant_id: Identifier
    reason: Code
    """revoked-by-client, refresh-token-reused."""
    person_id: PersonId | None = None


@event
class TokenIssued(Event):
    """A client got tokens."""

    client_id: Identifier
    person_id: PersonId | None
    grant_type: Code
    scopes: tuple[Code, ...]
    grant_id: Identifier
    token_id: Identifier | None = None
    particulars: tuple[Code, ...] = ()
    """The types of its authorization details (RFC 9396), and their digests."""
    particular_digests: tuple[Identifier, ...] = ()
    vouched_by: Code | None = None
    """The issuer of the assertion that it was given for, by its name in the settings."""


@event
class TokenExchanged(Event):
    """A client that was called for a person got a token to call another server with (RFC 8693)."""

    client_id: Identifier
    person_id: PersonId
    subject_client_id: Identifier
    """Whose token it was got for."""
    server_client_id: Identifier
    """Who serves what it opens."""
    actors: tuple[Identifier, ...]
    """As the token names them, the latest first; nobody: impersonation."""
    scopes: tuple[Code, ...]
    grant_id: Identifier
    subject_token_id: Identifier
    token_id: Identifier
    mandate_id: Identifier | None = None
    """On whose strength the person acts for somebody else, of which the new token tells."""


@event
class TokenRefused(Event):
    """A client asked at the token endpoint, or showed a token elsewhere, and was refused."""

    client_id: Identifier | None
    error: Code
    detail: Code


@event
class ClaimsReleased(Event):
    """What of a person was given to a client, for which registered purpose, through which door."""

    client_id: Identifier
    person_id: PersonId
    scopes: tuple[Code, ...]
    """And what else a person agrees to line by line: `claim:birthdate`, `verification`, `face_receipt`."""
    purpose: Code
    through: Code = "userinfo"
    """`userinfo`, `id_token` or `introspection`."""
    receipt_id: Identifier | None = None
    """`jti` of the receipt that went out with it."""
    check_id: Identifier | None = None
    """The face check's that was told of."""
    mandate_id: Identifier | None = None
    """Of for whom the person acts, which was told. Code and name of an organisation are in `scopes`."""


@event
class ConsentGranted(Event):
    """A person allowed a client to get what it asked for."""

    client_id: Identifier
    person_id: PersonId
    scopes: tuple[Code, ...]
    purpose: Code
    days: int
    particulars: tuple[Code, ...] = ()
    """As in CodeIssued."""
    particular_digests: tuple[Identifier, ...] = ()


@event
class ConsentRefused(Event):
    """A person said no to what a client asked for."""

    client_id: Identifier
    person_id: PersonId
    scopes: tuple[Code, ...]
    particulars: tuple[Code, ...] = ()
    particular_digests: tuple[Identifier, ...] = ()


@event
class ConsentWithdrawn(Event):
    """What a person had allowed a client is allowed no more."""

    client_id: Identifier
    person_id: PersonId
