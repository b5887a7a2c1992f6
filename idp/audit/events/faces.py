"""Consents to process a face, and what checks of it said."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class FaceConsentGiven(Event):
    """A person agreed that their face is processed, before a camera opened."""

    person_id: PersonId | None
    consent_id: Identifier
    version: Code
    """Of the words that were shown."""
    purpose: Code = "check"
    """`check`, or what may be kept: `template`, `evidence`."""


@event
class FaceConsentWithdrawn(Event):
    """From here on the face is processed no more on the strength of that consent."""

    person_id: PersonId
    consent_id: Identifier
    purpose: Code = "check"


@event
class FaceChecked(Event):
    """A live face that matched. `gates` and `scores` go in pairs."""

    person_id: PersonId | None
    purpose: Code
    gates: tuple[Code, ...]
    scores: tuple[float, ...]
    models: tuple[Identifier, ...] = ()
    """SHA-256 of the weights that judged."""
    camera: Code = "live"
    """`live`; `film`: a recording whose movements were told beforehand, which proves less; or `played`: there
    was no camera, a sandbox said what came of it."""
    reference: Code | None = None
    """What the face was compared with: `photo`, `register` (which compared by itself), `template`,
    `first_capture` (sandbox alone)."""
    check_id: Identifier | None = None
    """By this a later release of the check's receipt is found here."""
    receipt: Identifier | None = None
    """SHA-256 of the receipt without its nonce and consent: whoever holds a signed one can be answered."""
    unproved: tuple[Code, ...] = ()
    """Gates that the challenge could not try: `planarity`, for who cannot turn the head."""


@event
class FaceRefused(Event):
    """A check of a face came to nothing: not live, not the person, or not to be judged. Fields as in
    `face_checked`."""

    person_id: PersonId | None
    purpose: Code
    reason: Code
    gates: tuple[Code, ...] = ()
    scores: tuple[float, ...] = ()
    models: tuple[Identifier, ...] = ()
    camera: Code = "live"
    reference: Code | None = None
    check_id: Identifier | None = None
    receipt: Identifier | None = None
    unproved: tuple[Code, ...] = ()


@event
class FaceReferenceTaken(Event):
    """Sandbox alone: a first live capture became the reference photo."""

    person_id: PersonId | None
