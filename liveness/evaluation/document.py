"""`report.json`: the summary for programs. A rate that may not be told is null; its counts are there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from liveness.evaluation.counting import Share
from liveness.evaluation.metrics import OperatingPoint
from liveness.evaluation.summary import Summary


def to_json(summary: Summary) -> str:
    return json.dumps(_plain(summary), indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Share):
        return _share(value)
    if isinstance(value, OperatingPoint):
        return {
            "threshold": value.threshold,
            "apcer": _share(Share(value.attacks_accepted, value.attacks)),
            "bpcer": _share(Share(value.live_refused, value.live)),
            "mean_error": value.mean_error,
            "mean_error_interval": list(value.mean_error_interval),
        }
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _share(share: Share) -> dict[str, Any]:
    interval = share.interval
    return {
        "count": share.count,
        "total": share.total,
        "rate": share.rate,
        "interval": None if interval is None else list(interval),
    }
