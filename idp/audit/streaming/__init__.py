"""Events to systems outside, in their order and at least once: a sink is a function that takes some of them.

How to add another kind: docs/audit-streaming.md.
"""

from idp.audit.streaming.delivering import Delivery
from idp.audit.streaming.sinks import Give, SinkUnavailable, TooMuch

__all__ = ["Delivery", "Give", "SinkUnavailable", "TooMuch"]
