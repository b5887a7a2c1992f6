"""Bring the report to the console, where it stands as one that the developer has run."""

import json

from .report import Report
from .wire import Fetch, NotReached, Sent


def upload(report: Report, url: str, token: str, fetch: Fetch) -> None:
    """`url`, `token`: as the application's page of checks says. Raises NotReached."""
    headers = (("Authorization", f"Bearer {token}"), ("Content-Type", "application/json"))
    body = json.dumps(report.as_json(), ensure_ascii=False).encode()
    answer = fetch(Sent("POST", url, headers, body))
    if answer.status not in (200, 201):
        raise NotReached(f"the console did not take the report: {answer.status}")
