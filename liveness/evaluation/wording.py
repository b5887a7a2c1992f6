"""Numbers as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from liveness.evaluation.counting import Share
from liveness.evaluation.intervals import Interval
from liveness.evaluation.metrics import OperatingPoint

_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


def percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}".replace("%", " %")


def interval(bounds: Interval, digits: int) -> str:
    return f"{bounds.low:.{digits}f} to {bounds.high:.{digits}f}"


def share(counted: Share) -> str:
    """Counts alone below 100 samples."""
    bounds = counted.interval
    counts = f"{counted.count} of {counted.total}"
    if bounds is None:
        return counts
    return f"{percent(counted.rate)} ({_percent_interval(bounds)}), {counts}"


def mean_error(point: OperatingPoint) -> str:
    return f"{percent(point.mean_error)} ({_percent_interval(point.mean_error_interval)})"


def errors(point: OperatingPoint) -> str:
    """BPCER at a threshold that was chosen by APCER, and that threshold."""
    return f"{share(Share(point.live_refused, point.live))}; {point.threshold:.4f}"


def counts(words: Mapping[str, int]) -> str:
    return ", ".join(f"{word} {count}" for word, count in words.items())


def escaped(text: str) -> str:
    """Names of files and sources come with the data set, and are no markup."""
    return _MARKUP.sub(r"\\\1", "".join(c if c.isprintable() else "?" for c in text))


def _percent_interval(bounds: Interval) -> str:
    return f"{bounds.low * 100:.1f} to {bounds.high * 100:.1f}"
