"""Each case has its page: what was broken, the rule, what mends it, and a way to the field that is there."""

import re
from collections.abc import Iterator

from markupsafe import escape

from idp.developer.diagnosed import section_of
from idp.doctor.case import Case
from idp.doctor.table import BAR, CASES, case_of
from idp.error_references import Cause, Parameter, Seen, remember
from idp.oidc.clients.metadata import ClientMetadata
from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.login.visitor import Site

OUR_OWN = frozenset({"client_secret", "token_exchange"})
"""Fields of a registration that are no members of its metadata: secrets, and rules of exchanges."""
TOGETHER = frozenset(("field-grant_types", "field-response_modes", "fixed"))
"""Shown as several controls, or only where they say something."""
SENT = (
    Parameter("client_id", "app-1", 5, "form"),
    Parameter("redirect_uri", "https://app.example/x", 21, "form"),
)


def causes(site: Site) -> Iterator[tuple[Case, Cause]]:
    seen = Seen("POST", "/oauth2/token", SENT)
    for case in CASES:
        for said in case.said:
            error, is_coded, rest = said.partition(": ")
            if not is_coded or not error.startswith("invalid_"):
                error, rest = "invalid_request", said
            description, _, detail = rest.replace("*", "x").partition(BAR)
            if case_of(error, description, detail) is case:
                cause = Cause(site.clock(), "token", error, description, detail, "app-1", seen=seen)
                yield case, cause
                break


def test_each_case_has_its_page(site: Site) -> None:
    path = f"/developer/apps/{console.an_app(site, console.own_team(site))}"
    visitor = at(site)
    shown = set()
    for case, cause in causes(site):
        site.clock.advance(4)  # few are asked for in a minute
        visitor.get(f"/developer/errors?ref={remember(site.services.store, cause)}")
        assert visitor.status == 200, case.name
        assert visitor.page.elements["diagnosis"]["data-case"] == case.name
        assert str(escape(case.broken)) in visitor.body, case.name
        assert str(escape(cause.detail)) in visitor.body, case.name
        assert all(str(escape(one)) in visitor.body for one in case.mend), case.name
        assert all(rule.url in visitor.body for rule in case.rules), case.name
        assert (f'href="{path}{section_of(case.field)}"' in visitor.body) == bool(case.field), case.name
        shown.add(case.name)
    assert shown == {case.name for case in CASES}


def test_the_fields_that_a_case_names_are_fields_of_a_registration() -> None:
    for case in CASES:
        if case.field and case.field not in OUR_OWN:
            assert case.field in ClientMetadata.model_fields, case.name


def test_the_way_to_a_field_ends_at_its_control(site: Site) -> None:
    path = f"/developer/apps/{console.an_app(site, console.own_team(site))}"
    visitor = at(site)
    for field in sorted({case.field for case in CASES if case.field}):
        section, _, anchor = section_of(field).partition("#")
        visitor.get(f"{path}{section}")
        assert visitor.status == 200, field
        assert not anchor or f'id="{anchor}"' in visitor.body or anchor in TOGETHER, field


def test_words_of_cases_are_no_markup() -> None:
    for case in CASES:
        assert not re.search(r"<|>", " ".join((case.broken, *case.mend))), case.name
