"""The one time of the whole country, by which people and staff read days and hours; nothing is kept in it."""

from datetime import timedelta, timezone
from typing import Final

CHINA_TIME: Final = timezone(timedelta(hours=8))
"""Without summer time since 1992: whatever this provider has seen happened at this offset."""
