"""Rules as their files say them: one TOML file each, written to be read by whoever is told of a finding.

A file that cannot be understood stops the start: a rule that looks for what no event says would be silent for
ever, and nobody would know.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from idp.audit.events import CATALOGUE
from idp.audit.fields import is_code
from idp.audit.recorded import Recorded
from idp.detection.findings import Severity, SubjectKind
from idp.detection.kinds import KINDS
from idp.detection.watching import COLUMNS, NETWORK, Parameters
from idp.locales.catalogues import TAGS
from idp.settings.folders import read_folder

RULES_AT_MOST = 200
SETTING = "detection.rules_directory"
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Window = Annotated[int, Field(ge=1, le=31 * 86400)]
Threshold = Annotated[int, Field(ge=1, le=1000)]
Scalar = str | bool | int
Condition = Callable[[Recorded], bool]


def _words(given: dict[str, str]) -> dict[str, str]:
    if set(given) != set(TAGS):
        raise ValueError(f"needs a text for each of {', '.join(TAGS)}")
    return {tag: text.strip() for tag, text in given.items()}


Words = Annotated[dict[str, Text], AfterValidator(_words)]
"""By the tag of each of our languages."""


class Sought(BaseModel):
    """Events that a rule looks at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    role: str = ""
    """What they are for the rule, by its kind; its first role where nothing is said."""
    where: dict[str, tuple[Scalar, ...]] = {}
    """Fields, and what they may hold; a list holds it when one of its items does."""
    where_not: dict[str, tuple[Scalar, ...]] = {}
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @model_validator(mode="after")
    def is_of_the_catalogue(self) -> Self:
        if self.name not in CATALOGUE:
            raise ValueError(f"there is no event {self.name}")
        for name in (*self.where, *self.where_not, *self.present, *self.absent):
            if name == NETWORK or not has_field(self.name, name):
                raise ValueError(f"the event {self.name} has no field {name}")
        if any(not values for values in (*self.where.values(), *self.where_not.values())):
            raise ValueError("an empty list lets nothing through")
        return self

    def condition(self) -> Condition | None:
        """What tells whether an event of this name is sought; None: each is."""
        checks: list[Condition] = [
            *(_one_of(name, values) for name, values in self.where.items()),
            *(_none_of(name, values) for name, values in self.where_not.items()),
            *(_there(name) for name in self.present),
            *(_not_there(name) for name in self.absent),
        ]
        if len(checks) < 2:
            return checks[0] if checks else None
        return lambda event: all(check(event) for check in checks)


class Slower(BaseModel):
    """The same over a longer time: whoever stays below one limit meets the other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window_seconds: Window
    threshold: Threshold


class Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: str
    severity: Severity
    enabled: bool = True
    tags: tuple[str, ...] = ()
    """Names that others know it by, such as techniques of MITRE ATT&CK."""
    title: Words
    why: Words
    """What happens there, and what it leads to."""
    false_positives: Words
    """What looks the same and is harmless."""
    advice: Words
    """What to look at first, and what to do."""
    events: Annotated[tuple[Sought, ...], Field(min_length=1)]
    key: str
    """The field whose value says what belongs together: `address`, `person_id`, or one of the payload."""
    subject_kind: SubjectKind
    subject_field: str | None = None
    """Which field names the subject, where it is another than the key."""
    window_seconds: Window
    threshold: Threshold
    slower: Slower | None = None
    cool_down_seconds: Annotated[int, Field(ge=0, le=31 * 86400)]
    """After an alert was closed, so long the same is no new one."""
    parameters: Parameters = Parameters()

    @property
    def window(self) -> timedelta:
        return timedelta(seconds=self.window_seconds)

    @property
    def limits(self) -> tuple["Rule", ...]:
        """This rule, and the same with its longer time."""
        if self.slower is None:
            return (self,)
        longer = {"window_seconds": self.slower.window_seconds, "threshold": self.slower.threshold}
        return (self, self.model_copy(update={**longer, "slower": None}))

    @property
    def cool_down(self) -> timedelta:
        return timedelta(seconds=self.cool_down_seconds)

    @field_validator("name")
    @classmethod
    def name_is_a_code(cls, name: str) -> str:
        # It stands in the log and in addresses.
        if not is_code(name) or name != name.lower():
            raise ValueError("small letters, digits and -")
        return name

    @model_validator(mode="before")
    @classmethod
    def parameters_are_the_kinds(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        kind = KINDS.get(given.get("kind", ""))
        if kind is None:
            raise ValueError(f"kind: one of {', '.join(KINDS)}")
        return {**given, "parameters": kind.parameters.model_validate(given.get("parameters", {}))}

    @model_validator(mode="after")
    def events_have_what_is_asked(self) -> Self:
        watch = KINDS[self.kind].watch
        roles = {event.role or watch.ROLES[0] for event in self.events}
        if unknown := roles.difference(watch.ROLES):
            raise ValueError(f"role: {', '.join(sorted(unknown))} is none of {', '.join(watch.ROLES)}")
        if missing := ({watch.ROLES[0]} | watch.NEEDED) - roles:
            raise ValueError(f"no event has the role {', '.join(sorted(missing))}")
        if getattr(self.parameters, "share", None) is not None and "against" not in roles:
            raise ValueError("a share needs events of the role against")
        if self.slower is not None and not (
            self.slower.window_seconds > self.window_seconds and self.slower.threshold > self.threshold
        ):
            raise ValueError("slower: more than the threshold, in a longer time")
        needed = [self.key, *self.parameters.fields()]
        if self.subject_field is not None:
            needed.append(self.subject_field)
        counted = [event for event in self.events if event.role in {"", watch.ROLES[0]}]
        for name in needed:
            # Of what only speaks for somebody, or answers, no more is needed than what the kind reads of it.
            if not any(has_field(event.name, name) for event in counted):
                raise ValueError(f"none of the events that count has a field {name}")
        return self


Rules = Mapping[str, Rule]


def load(directory: Path | None) -> tuple[Rule, ...]:
    """All rules of the folder, in the order of their names. Raises SettingsWrong, a line for each mistake."""
    found: Rules = read_folder(directory, SETTING, Rule, by="name", at_most=RULES_AT_MOST)
    return tuple(found[name] for name in sorted(found))


def has_field(event: str, name: str) -> bool:
    return name in COLUMNS or name in dict(CATALOGUE[event].kinds)


def _reader(name: str) -> Callable[[Recorded], Any]:
    return attrgetter(name) if name in COLUMNS else lambda event: event.fields.get(name)


def _one_of(name: str, values: tuple[Scalar, ...]) -> Condition:
    read = _reader(name)

    def holds(event: Recorded) -> bool:
        found = read(event)
        return any(one in values for one in found) if isinstance(found, list) else found in values

    return holds


def _none_of(name: str, values: tuple[Scalar, ...]) -> Condition:
    held = _one_of(name, values)
    return lambda event: not held(event)


def _there(name: str) -> Condition:
    read = _reader(name)
    return lambda event: read(event) is not None


def _not_there(name: str) -> Condition:
    read = _reader(name)
    return lambda event: read(event) is None
