"""What a search asks for. Everything that is given must hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from sqlalchemy import ColumnElement, literal

from idp.audit.indexes import COMMON
from idp.audit.models import AuditEvent
from idp.audit.searching.columns import InNetwork, IsAddress, OrganisationIs, SessionIs, has_level
from idp.audit.searching.results import RESULTS, Result, names_of
from idp.audit.spans import Span

ALWAYS = Span()
LEVELS = (1, 2, 3, 4)
COLUMNS = ("person_id", "client_id", "request_id", "device", "interaction_id", "actor")


@dataclass(frozen=True, slots=True)
class Sought:
    """What is None, or empty, does not matter. Raises ValueError for an address or a level that is none."""

    span: Span = ALWAYS
    names: tuple[str, ...] = ()
    """Of events: one of these."""
    result: Result | None = None
    person_id: str | None = None
    client_id: str | None = None
    organisation_id: str | None = None
    request_id: str | None = None
    interaction_id: str | None = None
    session_id: str | None = None
    """A digest, as events have it: of those that say so, which are the session's beginning, its end, and who
    was told of it. `timelines.of_session` finds what happened between."""
    device: str | None = None
    actor: str | None = None
    """A staff account, `operator`, `worker`."""
    address: str | None = None
    """One, or a range of them in CIDR notation."""
    level: int | None = None
    """This one or a higher one; events that say nothing of a level are not among them."""
    is_exact_level: bool = False
    text: str | None = None
    """Somewhere in the payload, as it is written there: canonical JSON in ASCII."""

    def __post_init__(self) -> None:
        if self.level is not None and self.level not in LEVELS:
            raise ValueError("not a level")
        if self.address is not None:
            if "%" in self.address:
                # RFC 4007 section 11: a zone is of one machine. The log has none.
                raise ValueError("an address with a zone")
            # As networks are written: bits behind the prefix say nothing.
            network = ip_network(self.address, strict=False)
            one = network.num_addresses == 1
            object.__setattr__(self, "address", str(network.network_address) if one else str(network))

    @property
    def is_narrow(self) -> bool:
        """Whether an index leads to it by more than time, so that all of the log may be asked at once."""
        keys = (*COLUMNS, "organisation_id", "session_id")
        has_key = any(getattr(self, key) is not None for key in keys if key != "request_id")
        is_rare = bool(self.names) and not set(self.names).intersection(COMMON)
        return has_key or is_rare or (self.address is not None and "/" not in self.address)

    def conditions(self) -> list[ColumnElement[bool]]:
        return [*self.span.conditions(), *self._columns(), *self._names(), *self._payload()]

    def _columns(self) -> Iterator[ColumnElement[bool]]:
        for column in COLUMNS:
            if (value := getattr(self, column)) is not None:
                yield getattr(AuditEvent, column) == value
        if self.address is not None:
            yield (InNetwork if "/" in self.address else IsAddress)(literal(self.address))

    def _names(self) -> Iterator[ColumnElement[bool]]:
        if self.names:
            yield (
                AuditEvent.name == self.names[0] if len(self.names) == 1 else AuditEvent.name.in_(self.names)
            )
        if self.result is Result.NEUTRAL:
            # Events that this program does not know are neither.
            yield AuditEvent.name.not_in([name for name in RESULTS if RESULTS[name] is not Result.NEUTRAL])
        elif self.result is not None:
            yield AuditEvent.name.in_(names_of(self.result))

    def _payload(self) -> Iterator[ColumnElement[bool]]:
        if self.organisation_id is not None:
            yield OrganisationIs(literal(self.organisation_id))
        if self.session_id is not None:
            yield SessionIs(literal(self.session_id))
        if self.level is not None:
            levels = (self.level,) if self.is_exact_level else LEVELS[self.level - 1 :]
            first, *others = (has_level(level) for level in levels)
            for other in others:
                first |= other
            yield first
        if self.text is not None:
            yield AuditEvent.payload.contains(self.text, autoescape=True)
