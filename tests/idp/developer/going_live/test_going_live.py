"""From the sandbox into production: what comes over, what stays apart, who decides."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from idp.apps.going_live import packages
from idp.apps.going_live.packages import GOOD_DAYS, PackageRefused, thumbprints
from idp.apps.models import App, Role
from idp.oidc.clients import changing
from idp.oidc.clients.history import Actor, ActorKind
from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.clients.models import ClientRecord
from idp.oidc.keys.algorithms import RECEIPT_ALGORITHM
from idp.oidc.keys.jwt import RECEIPT
from idp.oidc.room import KEY
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, STRANGER, at
from tests.idp.developer.going_live.conftest import CLIENT, REASONS, Two, post, with_new_keys
from tests.idp.login.visitor import Site, Visitor
from tests.idp.oidc.clients.signing import jwks_of, new_key
from tests.idp.staff_pages import officer
from tests.idp.staff_pages.officer import Member


def taken(two: Two, package: str, team_id: str) -> Visitor:
    """In production, by whoever owns the team there."""
    visitor = at(two.production, path="/developer/going-live")
    return visitor.submit("take-form", package=package, team=team_id)


def draft_of(two: Two) -> str:
    """Its page is open in production."""
    visitor = taken(two, two.package(), two.team())
    assert visitor.path.endswith("/going-live"), visitor.body
    return visitor.path.split("/")[3]


def asked(two: Two, note: str = "") -> str:
    """A draft for which approval was asked; its id."""
    app_id = draft_of(two)
    visitor = at(two.production, path=f"/developer/apps/{app_id}/going-live")
    visitor.submit("ask-form", note=note)
    assert "waiting" in visitor.page.elements, visitor.body
    return app_id


def approver(two: Two, **own: Any) -> Member:
    return officer.add(two.production, "A-1", "approver", **own)


def at_request(two: Two, member: Member) -> Visitor:
    visitor = officer.sign_in(two.production, member, target="/approvals")
    return visitor.get(str(visitor.page.elements["waiting-1"]["href"]))


def approve(visitor: Visitor) -> int:
    """All of it. The status of the answer."""
    form = visitor.page.forms["decide-form"]
    data: dict[str, Any] = {
        **form.fields,
        "scope": ["profile", "phone"],
        "redirect_uris": ["https://fees.example/callback"],
        "accepted_parties": ["citizen"],
        "decision": "approve",
    }
    return visitor.client.post(visitor.url, data=data, **visitor._environment()).status_code


def live(two: Two) -> str:
    """An app in production; its id."""
    app_id = asked(two)
    assert approve(at_request(two, approver(two))) == 303
    return app_id


def app_in(site: Site, app_id: str) -> App:
    with site.services.sessions() as session:
        return session.get_one(App, app_id)


def client_of(site: Site, app_id: str) -> ClientRecord:
    with site.services.sessions() as session:
        app = session.get_one(App, app_id)
        found = session.scalar(select(ClientRecord).where(ClientRecord.client_id == app.client_id))
        assert found is not None
        return found


def standing(site: Site, app_id: str) -> ClientMetadata:
    with site.services.sessions() as session:
        return changing.standing(session, str(session.get_one(App, app_id).client_id)).metadata


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_an_app_goes_live_with_what_was_asked_for(two: Two) -> None:
    app_id = asked(two, note="For the tax season.")
    visitor = at_request(two, approver(two))
    for words in ("Taxes", "For the tax season.", *REASONS.values(), CLIENT, two.issuer):
        assert words in visitor.body, words
    assert approve(visitor) == 303
    record = client_of(two.production, app_id)
    assert record.client_id != CLIENT
    assert record.sector == "fees.example"
    found = standing(two.production, app_id)
    assert found.scopes == {"openid", "profile", "phone"}
    assert found.redirect_uris == ("https://fees.example/callback",)
    assert two.production.events("app_request_decided")[0]["outcome"] == "approved"
    # The team makes its own secret: whoever approved has seen none, and none that nobody has seen counts.
    keys = at(two.production, path=f"/developer/apps/{app_id}/keys")
    assert keys.status == 200
    assert "METADATA" not in str(app_in(two.production, app_id).told)


def test_the_approver_approves_less_and_says_why(two: Two) -> None:
    app_id = asked(two)
    visitor = at_request(two, approver(two))
    form = visitor.page.forms["decide-form"]
    less = {
        **form.fields,
        "scope": ["profile"],
        "redirect_uris": ["https://fees.example/callback"],
        "accepted_parties": ["citizen"],
        "decision": "approve",
    }
    silent = visitor.client.post(visitor.url, data=less, **visitor._environment())
    assert silent.status_code == 422
    assert app_in(two.production, app_id).client_id is None
    said = visitor.client.post(
        visitor.url, data={**less, "words": "A receipt needs no phone."}, **visitor._environment()
    )
    assert said.status_code == 303
    assert standing(two.production, app_id).scopes == {"openid", "profile"}
    page = at(two.production, path=f"/developer/apps/{app_id}/going-live")
    assert "A receipt needs no phone." in page.body
    assert two.production.events("app_request_decided")[0]["outcome"] == "approved-less"
    # And whoever looks after the app is told where to read it; what for, a message does not say.
    (message,) = two.production.messages()
    assert f"/developer/apps/{app_id}/going-live" in message
    assert "receipt" not in message


def test_a_refusal_needs_words_and_the_team_may_ask_again(two: Two) -> None:
    app_id = asked(two)
    visitor = at_request(two, approver(two))
    assert visitor.submit("decide-form", decision="refuse").status == 422
    visitor.submit("decide-form", decision="refuse", words="Your privacy notice is empty.")
    assert app_in(two.production, app_id).client_id is None
    page = at(two.production, path=f"/developer/apps/{app_id}/going-live")
    assert "Your privacy notice is empty." in page.body
    page.submit("ask-form", note="Mended.")
    assert "waiting" in page.page.elements


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


def test_attack_an_approver_who_is_the_author(two: Two) -> None:
    """By the card that their account of staff was made with."""
    app_id = asked(two)
    visitor = at_request(two, approver(two, own=OWNER.number))
    assert "why-not" in visitor.page.elements
    assert "approve" not in visitor.page.elements
    visitor.submit("decide-form", decision="approve")
    assert visitor.status == 422
    assert app_in(two.production, app_id).client_id is None


def test_attack_an_approver_who_is_in_the_team_or_was(two: Two) -> None:
    app_id = asked(two)
    console.settle(two.production, DEVELOPER)
    team_id = app_in(two.production, app_id).team_id
    console.joined(two.production, DEVELOPER, team_id, Role.VIEWER)  # and has no mandate: has left
    visitor = at_request(two, approver(two, own=DEVELOPER.number))
    assert "why-not" in visitor.page.elements


@pytest.mark.parametrize("role", ["security", "auditor"])
def test_others_of_the_staff_look_on(two: Two, role: str) -> None:
    app_id = asked(two)
    visitor = at_request(two, officer.add(two.production, "S-1", role))
    assert visitor.status == 200
    assert "approve" not in visitor.page.elements
    console_post(visitor, decision="approve")
    assert visitor.status == 403
    assert app_in(two.production, app_id).client_id is None


@pytest.mark.parametrize("role", ["clerk", "operator"])
def test_the_rest_of_the_staff_does_not(two: Two, role: str) -> None:
    member = officer.add(two.production, "C-1", role)
    assert officer.sign_in(two.production, member, target="/approvals").status == 403


def test_of_two_approvers_at_once_one_decides(two: Two) -> None:
    app_id = asked(two)
    first = at_request(two, officer.add(two.production, "A-1", "approver", serial=1))
    second = at_request(two, officer.add(two.production, "A-2", "approver", serial=2))
    first.submit("decide-form", decision="refuse", words="No.")
    second.submit("decide-form", decision="refuse", words="No, either.")
    assert second.status == 422
    assert len(two.production.events("app_request_decided")) == 1
    assert app_in(two.production, app_id).client_id is None


def test_a_request_is_taken_back(two: Two) -> None:
    app_id = asked(two)
    visitor = at(two.production, path=f"/developer/apps/{app_id}/going-live")
    visitor.submit("withdraw-form")
    assert "waiting" not in visitor.page.elements
    listed = officer.sign_in(two.production, approver(two), target="/approvals")
    assert "none-waiting" in listed.page.elements


def test_one_request_at_a_time(two: Two) -> None:
    app_id = asked(two)
    visitor = at(two.production, path=f"/developer/apps/{app_id}/going-live")
    console.post(visitor, f"/developer/apps/{app_id}/going-live", note="again")
    assert visitor.status == 422
    assert len(two.production.events("app_request_made")) == 1


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


def test_attack_an_old_request_undoes_what_was_changed_since(two: Two) -> None:
    """Whoever approves sees what is asked for; what else would come back with it they would not."""
    app_id = live(two)
    visitor = at(two.production, path=f"/developer/apps/{app_id}/settings")
    visitor.submit("settings-form", client_name="Fees and taxes", ask="1")
    with two.production.services.sessions.begin() as session:
        found = changing.standing(session, str(session.get_one(App, app_id).client_id))
        changing.change(
            session,
            found.metadata.client_id,
            {**found.fields, "contacts": ["security@fees.example"]},
            actor=Actor(ActorKind.OPERATOR),
            context=console.context(two.production),
            secrets=two.production.app.extensions[KEY].authenticator.secrets,
        )
    officer_page = officer.sign_in(
        two.production, officer.add(two.production, "A-2", "approver", serial=2), target="/approvals"
    )
    officer_page.get(str(officer_page.page.elements["waiting-1"]["href"]))
    assert approve(officer_page) == 422
    assert standing(two.production, app_id).contacts == ("security@fees.example",)


def test_people_and_tokens_of_one_are_nobody_in_the_other(two: Two) -> None:
    """Two deployments, two rings of keys: what one signed the other does not know."""
    assert post(at(two.sandbox, path=f"/developer/apps/{two.app_id}/going-live"), "package-form")
    sandbox, production = (
        json.loads(site.app.test_client().get("/oauth2/jwks").get_data())
        for site in (two.sandbox, two.production)
    )
    kids = [{key["kid"] for key in keys["keys"]} for keys in (sandbox, production)]
    assert not kids[0] & kids[1]


def console_post(visitor: Visitor, **fields: str) -> None:
    form = visitor.page.forms["decide-form"]
    response = visitor.client.post(visitor.url, data={**form.fields, **fields}, **visitor._environment())
    visitor.status = response.status_code
