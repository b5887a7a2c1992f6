"""Taking events out of a search: four formats, a watermark, a digest, a bound."""

import csv
import io
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from werkzeug.test import TestResponse

from idp.audit.context import AuditContext
from idp.audit.events.signing_in import SignInRefused
from idp.audit.log import record
from idp.crypto.digests import base64url
from tests.idp.login.visitor import ISSUER, Site, Visitor
from tests.idp.staff_pages.officer import add, sign_in

Export = Callable[..., TestResponse]


@pytest.fixture
def changes() -> dict[str, str]:
    return {"IDP_SECURITY__EXPORT_ROWS": "60"}


@pytest.fixture
def at_desk(site: Site) -> Visitor:
    return sign_in(site, add(site, "S-1", "security", serial=11), target="/security/search")


@pytest.fixture
def export(at_desk: Visitor, site: Site) -> Export:
    def one(query: str = "event=sign_in_refused", *, rows: int = 5, **fields: str) -> TestResponse:
        with site.services.sessions.begin() as session:
            for _ in range(rows):
                context = AuditContext(site.clock(), address="198.51.100.7")
                record(session, SignInRefused(reason="wrong", method="password"), context=context)
        form = at_desk.get(f"/security/search?show=1&{query}").page.forms["export-form"]
        site.clock.advance(1)
        assert form.action is not None
        return at_desk.client.post(
            form.action,
            data={**form.fields, "format": "jsonl", "reason": "investigation", **fields},
            base_url=ISSUER,
            environ_overrides={"REMOTE_ADDR": at_desk.address},
        )

    return one


def first(text: str, format_: str) -> dict[str, Any]:
    """The watermark, as the format has it."""
    if format_ == "csv":
        row = next(csv.DictReader(io.StringIO(text)))
        return {**row, "fields": json.loads(row["fields"])}
    found: dict[str, Any] = json.loads(text.splitlines()[0])
    return found


@pytest.mark.parametrize("format_", ["jsonl", "csv", "cef", "ocsf"])
def test_who_when_and_why_stand_first_and_the_log_knows_the_bytes(
    export: Export, site: Site, format_: str
) -> None:
    response = export(format=format_)
    text = response.get_data(as_text=True)
    [started], [ended] = site.events("audit_export_started"), site.events("audit_exported")
    assert started["criteria"] == ["event"]
    assert started["reason"] == "investigation"
    assert started["export_id"] in response.headers["Content-Disposition"]
    header = 1 if format_ == "csv" else 0
    lines = text.splitlines()
    assert len(lines) == 6 + header
    assert started["export_id"] in lines[header]
    assert started["export_id"] not in "".join(lines[header + 1 :])
    assert (ended["rows"], ended["outcome"]) == (5, "complete")
    assert ended["content"] == base64url(sha256(response.get_data()).digest())
    if format_ in {"jsonl", "csv"}:
        watermark = first(text, format_)
        assert (watermark["name"], watermark["fields"]["reason"]) == ("audit_export_started", "investigation")
        assert watermark["actor"]


def test_it_is_cut_at_its_bound_and_says_so(export: Export, site: Site) -> None:
    text = export(rows=70).get_data(as_text=True)
    assert len(text.splitlines()) == 61
    [ended] = site.events("audit_exported")
    assert (ended["rows"], ended["outcome"]) == (60, "cut")


def test_everything_leaves_nothing_of_the_export_itself(export: Export, site: Site) -> None:
    text = export("", rows=1).get_data(as_text=True)
    names = [json.loads(line)["name"] for line in text.splitlines()]
    assert names.count("audit_export_started") == 1
    assert names[0] == "audit_export_started"


def test_who_stops_reading_is_told_of_in_the_log(export: Export, site: Site) -> None:
    response = export(rows=50)
    response.close()
    [ended] = site.events("audit_exported")
    assert ended["outcome"] in {"broken_off", "complete"}
    # What was held for it is free again.
    for _ in range(3):
        assert export(rows=0).get_data()


@pytest.mark.parametrize("fields", [{"format": "xml"}, {"reason": "because"}, {"reason": ""}])
def test_without_a_format_and_a_reason_nothing_leaves(
    export: Export, site: Site, fields: dict[str, str]
) -> None:
    assert export(**fields).status_code == 400
    assert site.events("audit_export_started") == []


def test_so_many_in_an_hour(export: Export, site: Site) -> None:
    for _ in range(site.services.settings.security.exports_per_hour):
        assert export(rows=0).get_data()
    assert export(rows=0).status_code == 429


def test_of_a_number_that_nobody_has_nothing_leaves(export: Export) -> None:
    assert len(export("person=nobody").get_data(as_text=True).splitlines()) == 1
