"""Who decides on an app, and how."""

import pytest

from idp.apps.models import App, Role
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.room import KEY
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, at
from tests.idp.developer.filled import send
from tests.idp.developer.going_live.conftest import Two
from tests.idp.developer.going_live.moves import (
    app_in,
    approve,
    approver,
    asked,
    at_request,
    console_post,
    draft_of,
    live,
    standing,
)
from tests.idp.staff_pages import officer


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


def test_the_approver_reads_why_each_claim_is_asked_for(two: Two) -> None:
    app_id = draft_of(two)
    path = f"/developer/apps/{app_id}"
    given = {"reason:profile/birthdate": "Reduced fares from 60 years on."}
    send(at(two.production, path=f"{path}/scopes"), "scopes-form", **given)
    at(two.production, path=f"{path}/going-live").submit("ask-form")
    shown = at_request(two, approver(two)).page.texts["scopes"]
    assert "birthdate Reduced fares from 60 years on." in " ".join(shown.split())


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
