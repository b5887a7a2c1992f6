"""Everything of ours that runs is explained, in both languages; nothing is explained that does not run."""

import json
import re
import tomllib
from urllib.parse import unquote

import pytest
import yaml

from clients.checker import options
from clients.sdk.flask import RelyingParty
from idp.apps.going_live.packages import GOOD_DAYS
from idp.apps.kinds import KINDS
from idp.developer.present import APP_SECTIONS
from idp.developer.words import QUICK_STARTS
from idp.documentation.editions import CONSOLE, Edition
from idp.documentation.for_programs import resolved
from idp.documentation.navigation import LANGUAGES
from idp.documentation.opening import DOCS, current_edition
from idp.documentation.reference import TABLES, events
from idp.documentation.reference.errors import codes
from idp.documentation.reference.exceptions import raised
from idp.documentation.reference.explained import Explained, Facts, NotExplained, read
from idp.documentation.reference.fields import names
from idp.documentation.rendering import Words, render
from idp.oidc.claims.catalogue import SCOPE_OF
from idp.oidc.clients.fields.scope import SCOPES
from idp.oidc.endpoints import discovery
from idp.oidc.levels import ACR_VALUES
from idp.settings import ROOT, load

ISSUER = "https://id.example"
PROTOCOL = load({}).protocol
EVERYTHING_ON = PROTOCOL.model_copy(
    update={
        "registration": "open",
        "session_management": True,
        "service_documentation": f"{ISSUER}/a",
        "op_policy_uri": f"{ISSUER}/b",
        "op_tos_uri": f"{ISSUER}/c",
        "mtls_origin": "https://mtls.id.example",
    }
)
METADATA = json.loads(discovery.document(ISSUER, EVERYTHING_ON, ("payment",)))
OPERATIONS = {
    operation["operationId"]
    for path in yaml.safe_load((DOCS / "protocol.openapi.yaml").read_text("utf-8"))["paths"].values()
    for method, operation in path.items()
    if method != "parameters"
}


class Asked(dict[str, dict[str, str]]):
    """Words for all that is asked for; what that was stays."""

    def get(self, name: str, _otherwise: object = None) -> dict[str, str]:
        return self.setdefault(name, {"zh-CN": name})


def asked_for(name: str) -> set[str]:
    """What a table has explained in Chinese: names, and sentences of where it is made from."""
    asked = Asked()
    TABLES[name](Facts(ISSUER, DOCS, METADATA), Explained(DOCS, "zh-CN", asked))
    return set(asked)


RUNS = {
    "discovery": set(METADATA),
    "claims": {*SCOPE_OF, *discovery.TOKEN_CLAIMS},
    "scopes": set(SCOPES),
    "levels": set(ACR_VALUES),
    "errors": set(codes()),
    "fields": set(names()),
    "events": {*events.CONCERNS, *asked_for("events")},
    "endpoints": {*OPERATIONS, *asked_for("endpoints")},
    "exceptions": set(raised(ROOT / "clients" / "sdk")),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_what_runs_is_explained_and_nothing_else_is(name: str, language: str) -> None:
    explained = read(DOCS / "site" / "reference" / f"{name}.toml", language)
    assert explained.names == RUNS[name]
    assert TABLES[name](Facts(ISSUER, DOCS, METADATA), explained)


def test_what_is_not_explained_stops_the_page() -> None:
    explained = read(DOCS / "site" / "reference" / "discovery.toml", "en")
    with pytest.raises(NotExplained, match="new_member"):
        TABLES["discovery"](Facts(ISSUER, DOCS, {"new_member": True}), explained)


@pytest.fixture(scope="module")
def edition() -> Edition:
    return current_edition(ISSUER, discovery.document(ISSUER, PROTOCOL))


def test_every_link_of_a_page_leads_to_a_page_and_to_a_heading_of_it(edition: Edition) -> None:
    wrong = []
    for language in LANGUAGES:
        shown = {}
        for path in edition.paths:
            found = edition.page(language, path)
            assert found is not None
            html = render(
                found[0].markdown,
                lambda target: f"page:{target}",
                Words("", "", "", "", ""),
            ).html
            shown[path] = re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL)
        anchors = {path: set(re.findall(r' id="([^"]+)"', html)) for path, html in shown.items()}
        for path, html in shown.items():
            for target in re.findall(r' href="(?!https?:)([^"]+)"', html):
                to, _, anchor = unquote(target.removeprefix("page:")).partition("#")
                page = resolved(path, to.removesuffix(".md")) if to else path
                # A guide of the repository also names files that are no pages: words alone, on the site.
                if page not in anchors and path.startswith("depth/"):
                    continue
                if page not in anchors or (anchor and anchor not in anchors[page]):
                    wrong.append((language, path, target))
    assert wrong == []


def test_what_is_called_in_simplified_characters_is_called_in_traditional_ones(edition: Edition) -> None:
    """Where a title is of Chinese alone, or has characters that differ."""
    called = {path: edition.title("zh-CN", path) for path in edition.paths}
    chinese = {path for path, title in called.items() if re.search(r"[\u4e00-\u9fff]", title)}
    assert set(edition.titles) == chinese


def test_words_of_the_console_are_words_of_the_console() -> None:
    """In pages `{console: ...}`; and its links lead to pages."""
    known = {section.words for section in APP_SECTIONS} | {kind.name for kind in KINDS}
    texts = [file.read_text("utf-8") for file in (DOCS / "site").rglob("*.md")]
    named = {words for text in texts for words in CONSOLE.findall(text)}
    assert named
    assert named <= known


def test_days_are_those_of_the_rules(edition: Edition) -> None:
    assert f"{GOOD_DAYS} days" in edition.pages["en"]["guides/going-live"].markdown
    assert f"{GOOD_DAYS} 天" in edition.pages["zh-CN"]["guides/going-live"].markdown


def test_the_wizard_leads_to_pages(edition: Edition) -> None:
    assert set(QUICK_STARTS.values()) <= set(edition.paths)


def test_registrations_on_pages_have_fields_that_there_are(edition: Edition) -> None:
    blocks = [
        block
        for pages in edition.pages.values()
        for page in pages.values()
        if page.path.startswith(("start/", "guides/"))
        for block in re.findall(r"^```toml\n(.*?)^```$", page.markdown, re.MULTILINE | re.DOTALL)
    ]
    assert len(blocks) > 15
    known = {*names(), "secret_file", "token_exchange"}
    for block in blocks:
        assert {name.partition("#")[0] for name in tomllib.loads(block)} <= known, block


def test_outcomes_that_pages_force_are_there(edition: Edition) -> None:
    """`docs/sandbox-outcomes.md` is held to the sandbox by tests of its own."""
    known = (DOCS / "sandbox-outcomes.md").read_text("utf-8")
    for language in LANGUAGES:
        (forced,) = re.findall(r'"outcomes": \["(\w+)"\]', edition.pages[language]["guides/sandbox"].markdown)
        assert f"`{forced}`" in known


def test_the_checker_has_the_options_that_pages_name(edition: Edition) -> None:
    known = options.parser().format_help()
    for language in LANGUAGES:
        text = edition.pages[language]["guides/checker"].markdown
        named = set(re.findall(r"--[a-z-]{3,}", re.sub(r'--start "[^"]*"', "--start", text)))
        assert {option for option in named if option not in known} == set()


def test_the_package_has_what_guides_call(edition: Edition) -> None:
    configuration = (ROOT / "clients/sdk/flask_configuration.py").read_text("utf-8")
    for language in LANGUAGES:
        texts = [p.markdown for path, p in edition.pages[language].items() if path.startswith("guides/")]
        called = {name for text in texts for name in re.findall(r"\bparty\.(\w+)", text)}
        assert called
        assert {name for name in called if not hasattr(RelyingParty, name)} == set()
        keys = {name for text in texts for name in re.findall(r"\bYITONG_\w+", text)}
        assert {name for name in keys if name.removeprefix("YITONG_") not in configuration} == set()
