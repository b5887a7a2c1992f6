"""From the sandbox into production: what comes over, what stays apart, who decides."""

from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.developer.going_live.conftest import CLIENT, REASONS, Two
from tests.idp.developer.going_live.moves import (
    app_in,
    approve,
    approver,
    asked,
    at_request,
    client_of,
    standing,
)
from tests.idp.staff_pages import officer


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
