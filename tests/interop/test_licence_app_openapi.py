"""The description of what a licence app calls is true of it, whatever it is sent."""

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from idp.crypto.digests import base64url
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.licence_app.phone import Phone, begin, code_on
from tests.idp.login.licences.licensing import Licensing
from tests.idp.login.visitor import ISSUER, Site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]
pytestmark = pytest.mark.interop

DESCRIPTION = Path(__file__).parents[2] / "docs" / "licence-app.openapi.yaml"
SCHEMA = schemathesis.openapi.from_path(DESCRIPTION)
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OF_THE_REQUEST = ("request", "token")


def test_every_call_is_described(site: Site) -> None:
    rules = {rule.rule for rule in site.app.url_map.iter_rules() if rule.rule.startswith("/licence-app/v1/")}
    assert rules == set(SCHEMA)


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_that_is_described(site: Site, label: str) -> None:
    """To strangers, and to a phone with a request of its own."""
    operation: APIOperation = OPERATIONS[label]
    licensing = Licensing(site)
    phone = Phone(site, licensing.issue())
    cases = st.one_of(
        operation.as_strategy(),
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),
    )
    phone.scan(code_on(begin(site)))

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases, is_ours=st.booleans())
    def ask(case: schemathesis.Case, is_ours: bool) -> None:
        if is_ours and isinstance(case.body, dict):
            case.body |= {name: phone.got[name] for name in OF_THE_REQUEST if name in case.body}
        case.call_and_validate(app=site.app, base_url=ISSUER, checks=CHECKS)

    ask()


@pytest.mark.parametrize("reason", ["", "declined", "revoked"])
def test_the_answers_of_a_whole_sign_in_are_described(site: Site, reason: str) -> None:
    licensing = Licensing(site)
    licence = licensing.issue()
    if reason == "revoked":
        licensing.revoke(licence)
    code = code_on(begin(site))
    got = said(site, "scan", {"code": code})
    mine = {name: got[name] for name in OF_THE_REQUEST}
    if reason == "declined":
        assert said(site, "refuse", mine | {"reason": reason}) == {"state": "refused"}
        return
    signature = base64url(licence.sign(got["sign"].encode()))
    certificates = (licence.certificate + licence.chain).decode()
    answer = said(site, "confirm", mine | {"certificates": certificates, "signature": signature})
    assert ("rule" in answer) == (reason == "revoked")
    said(site, "status", mine)
    said(site, "status", mine)


def said(site: Site, call: str, body: dict[str, str]) -> dict[str, str]:
    operation = OPERATIONS[f"POST /licence-app/v1/{call}"]
    case = operation.Case(body=body, media_type="application/json", headers={"Accept-Language": "en"})
    answer = case.call_and_validate(app=site.app, base_url=ISSUER, checks=CHECKS)
    found: dict[str, str] = json.loads(answer.content)
    return found
