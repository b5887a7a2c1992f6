"""The circumstances of an event."""

from datetime import UTC, datetime
from typing import Any

import pytest

from idp.audit import AuditContext, PersonalDataRefused

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_what_fits() -> None:
    AuditContext(NOW)
    AuditContext(NOW, "r" * 22, "203.0.113.7", "d" * 43, "i" * 43, "operator")
    AuditContext(NOW, address="2001:db8::1")


@pytest.mark.parametrize(
    "values",
    [
        {"address": "张三"},
        {"address": "203.0.113.7, 10.0.0.1"},
        {"device": "Mozilla/5.0 (X11)"},
        {"actor": "13800138000"},
        {"actor": "Zhang San"},
        {"request_id": "11010519491231002X"},
        {"interaction_id": "a b"},
    ],
)
def test_what_does_not(values: dict[str, Any]) -> None:
    with pytest.raises(PersonalDataRefused):
        AuditContext(NOW, **values)


def test_a_time_needs_its_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        AuditContext(datetime(2026, 1, 1))  # noqa: DTZ001
