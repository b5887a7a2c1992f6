"""Checking the integration of an app: what it was told to look at, its runs and reports, its badge.

The checks themselves are `clients.checker`, which knows nothing of us and is reached from this room alone.
"""

from clients.checker import CHECKS, Fetch, Report, Result, Verdict
from clients.checker.badge import badge
from clients.checker.provider import Citizen
from clients.checker.report import read as read_report

__all__ = ["CHECKS", "Citizen", "Fetch", "Report", "Result", "Verdict", "badge", "read_report"]
