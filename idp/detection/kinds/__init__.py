"""The kinds of rules there are: what each looks for stands in its own file, what for in `config/rules`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from idp.detection.kinds import count, distinct, relay, repeated, sequence, travel
from idp.detection.watching import Parameters, Watch


@dataclass(frozen=True, slots=True)
class Kind:
    watch: type[Watch[Any]]
    parameters: type[Parameters]


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "count": Kind(count.Counting, count.Counted),
        "distinct": Kind(distinct.Telling, distinct.Told),
        "sequence": Kind(sequence.Following, sequence.Followed),
        "repeated": Kind(repeated.Recognising, repeated.Recognised),
        "relay": Kind(relay.Joining, relay.Joined),
        "travel": Kind(travel.Travelling, travel.Travelled),
    }
)
