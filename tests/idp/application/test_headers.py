"""What a browser may do with our pages."""

import pytest

from tests.idp.login.visitor import Site

PAGES = ("/enrol", "/login?next=/account", "/no-such-page", "/healthz", "/sandbox/messages")


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_is_guarded(site: Site, page: str) -> None:
    headers = site.app.test_client().get(page).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Permissions-Policy"].startswith("camera=()")


def test_https_is_not_forced_outside_production(site: Site) -> None:
    assert "Strict-Transport-Security" not in site.app.test_client().get("/healthz").headers


def test_our_forms_name_their_origin_and_other_sites_learn_no_address(site: Site) -> None:
    # "no-referrer" would make browsers say "Origin: null" with them, which looks like a forgery.
    assert site.app.test_client().get("/login?next=/account").headers["Referrer-Policy"] == "same-origin"
