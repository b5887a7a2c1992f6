"""One thing that goes wrong: how it is recognised, which rule it breaks, and what mends it."""

from dataclasses import dataclass

from idp.doctor.specifications import Rule


@dataclass(frozen=True, slots=True)
class Case:
    """Words are message ids; who shows them translates them."""

    name: str
    said: tuple[str, ...]
    """The error's description as `idp.oidc` gives it, or `description | detail` where one description stands
    for several causes. `*` stands for anything."""
    broken: str
    """What was wrong, in a sentence."""
    mend: tuple[str, ...]
    """What to change."""
    rules: tuple[Rule, ...] = ()
    wrong: tuple[str, ...] = ()
    """Parameters that are wrong; those of them that did not come are missing."""
    field: str = ""
    """Of the registration, where the change belongs there."""
