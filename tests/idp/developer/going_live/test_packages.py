"""What the sandbox signs, and what production believes."""

import json
from datetime import timedelta
from typing import Any

import pytest

from idp.apps.going_live import packages
from idp.apps.going_live.packages import GOOD_DAYS, PackageRefused, thumbprints
from idp.apps.models import App
from idp.oidc.keys.algorithms import RECEIPT_ALGORITHM
from idp.oidc.keys.jwt import RECEIPT
from idp.oidc.room import KEY
from tests.idp.developer import console
from tests.idp.developer.console import OWNER, STRANGER, at
from tests.idp.developer.going_live.conftest import CLIENT, Two, post, with_new_keys
from tests.idp.developer.going_live.moves import app_in, approve, claims_of, draft_of, live, standing, taken
from tests.idp.oidc.clients.signing import jwks_of, new_key
from tests.idp.staff_pages import officer


def test_what_comes_over_holds_no_secret_no_key_and_nobody(two: Two) -> None:
    package = two.package()
    claims = claims_of(package)
    assert claims["iss"] == two.issuer
    assert not {"client_id", "sector", "jwks", "jwks_uri"} & set(claims["app"]["fields"])
    assert claims["app"]["seen"]["report"]["by"] == "developer"
    assert claims["app"]["seen"]["sign_ins"] == 1
    assert OWNER.number not in json.dumps(claims, ensure_ascii=False)
    assert console.id_of(two.sandbox, OWNER) not in json.dumps(claims)


def test_a_draft_has_an_identifier_of_its_own_and_no_address_of_a_developers_machine(two: Two) -> None:
    app = app_in(two.production, draft_of(two))
    fields = app.told["metadata"]
    assert fields["client_id"] != CLIENT
    assert fields["redirect_uris"] == ["https://fees.example/callback"]
    assert app.told["package"]["client_id"] == CLIENT
    assert two.production.events("app_package_taken")[0]["sandbox_client_id"] == CLIENT


@pytest.mark.parametrize("mangle", [
    lambda _text: "",
    lambda _text: "x" * 300_000,
    lambda text: text[:-4] + "AAAA",
    lambda text: ".".join([text.split(".")[0], text.split(".")[1][:-3] + "AAA", text.split(".")[2]]),
    lambda text: "eyJhbGciOiJub25lIn0." + text.split(".")[1] + ".",
    lambda _text: "no token",
])  # fmt: skip
def test_attack_a_package_that_the_sandbox_did_not_sign(two: Two, mangle: Any) -> None:
    visitor = taken(two, mangle(two.package()), two.team())
    assert visitor.status == 422
    assert "package-error" in visitor.page.elements
    assert not two.production.events("app_made")


def test_attack_a_package_by_keys_of_somebody_elses(two: Two) -> None:
    package = two.package()
    with_new_keys(two.sandbox)
    two.sandbox.clock.advance(60)
    assert taken(two, package, two.team()).status == 422


def test_attack_a_token_of_the_sandbox_is_no_package(two: Two) -> None:
    """Receipts are signed by the same keys, and say another type."""
    provider = two.sandbox.app.extensions[KEY]
    now = two.sandbox.clock()
    claims = {**claims_of(two.package())}
    token = provider.keys.of_receipts().signer(RECEIPT_ALGORITHM, now).sign(claims, typ=RECEIPT)
    assert taken(two, token, two.team()).status == 422


def test_a_package_is_good_for_thirty_days(two: Two) -> None:
    package, now = two.package(), two.sandbox.clock()
    jwks = json.loads(two.sandbox.app.test_client().get("/oauth2/receipts/jwks").get_data())
    late = now + timedelta(days=GOOD_DAYS)
    found = packages.read(package, two.issuer, lambda _url: jwks, late - timedelta(seconds=1))
    assert found.client_id == CLIENT
    for moment in (late, now - timedelta(hours=1)):
        with pytest.raises(PackageRefused, match="age"):
            packages.read(package, two.issuer, lambda _url: jwks, moment)
    with pytest.raises(PackageRefused, match="issuer"):
        packages.read(package, "https://another.example", lambda _url: jwks, now)


def test_attack_a_package_is_taken_into_another_teams(two: Two) -> None:
    team_id = two.team()
    console.settle(two.production, STRANGER)
    visitor = at(two.production, STRANGER, "/developer/going-live")
    console.post(visitor, "/developer/going-live", package=two.package(), team=team_id)
    assert visitor.status == 422
    assert not two.production.events("app_made")


def test_what_is_missing_keeps_the_package_back(two: Two) -> None:
    with two.sandbox.services.sessions.begin() as session:
        app = session.get_one(App, two.app_id)
        app.told = {}
    visitor = at(two.sandbox, path=f"/developer/apps/{two.app_id}/going-live")
    assert "package-form" not in visitor.page.forms
    assert "check-missing" in visitor.page.elements["check-reasons"]["class"]
    console.post(visitor, f"/developer/apps/{two.app_id}/going-live/package")
    assert visitor.status == 422


def test_attack_the_keys_of_the_sandbox_are_none_for_production(two: Two) -> None:
    jwks = jwks_of(new_key("ES256", use="sig", alg="ES256"))
    app_id = draft_of(two)
    with two.production.services.sessions.begin() as session:
        app = session.get_one(App, app_id)
        fields = {**app.told["metadata"], "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks}
        package = {**app.told["package"], "thumbprints": list(thumbprints(jwks))}
        app.told = {**app.told, "metadata": fields, "package": package}
    visitor = at(two.production, path=f"/developer/apps/{app_id}/going-live")
    assert "check-missing" in visitor.page.elements["check-own-keys"]["class"]
    assert "ask-form" not in visitor.page.forms


def test_the_sandbox_takes_no_packages_and_production_makes_none(two: Two) -> None:
    assert at(two.sandbox).get("/developer/going-live").status == 404
    app_id = draft_of(two)
    visitor = at(two.production, path=f"/developer/apps/{app_id}/going-live")
    console.post(visitor, f"/developer/apps/{app_id}/going-live/package")
    assert visitor.status == 404


def test_what_changes_of_a_live_app_is_asked_for_without_another_package(two: Two) -> None:
    """Somebody has looked at it; what was seen in the sandbox is long past."""
    app_id = live(two)
    two.production.clock.advance(60)
    visitor = at(two.production, path=f"/developer/apps/{app_id}/settings")
    visitor.submit("settings-form", client_name="Fees and taxes", ask="1")
    assert visitor.path.endswith("/going-live"), visitor.body
    assert "waiting" in visitor.page.elements
    assert standing(two.production, app_id).client_name == "Taxes"
    officer_page = officer.sign_in(
        two.production, officer.add(two.production, "A-2", "approver", serial=2), target="/approvals"
    )
    officer_page.get(str(officer_page.page.elements["waiting-1"]["href"]))
    assert "Fees and taxes" in officer_page.body
    approve(officer_page)
    assert standing(two.production, app_id).client_name == "Fees and taxes"


def test_people_and_tokens_of_one_are_nobody_in_the_other(two: Two) -> None:
    """Two deployments, two rings of keys: what one signed the other does not know."""
    assert post(at(two.sandbox, path=f"/developer/apps/{two.app_id}/going-live"), "package-form")
    sandbox, production = (
        json.loads(site.app.test_client().get("/oauth2/jwks").get_data())
        for site in (two.sandbox, two.production)
    )
    kids = [{key["kid"] for key in keys["keys"]} for keys in (sandbox, production)]
    assert not kids[0] & kids[1]
