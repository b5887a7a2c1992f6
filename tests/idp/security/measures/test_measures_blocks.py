"""What a blocked range keeps out, and what it does not."""

import pytest

from idp import sessions
from idp.oidc.clients.models import ClientRecord
from idp.people.models import Person
from idp.session_proofs import Proof
from idp.storage.base import new_id
from tests.idp.login.visitor import CHILD, ISSUER, PERSON, Site, Visitor
from tests.idp.security.measures.blocking import block

OUTSIDE = "203.0.113.9"


def post(site: Site, path: str, address: str, **form: str) -> tuple[int, str]:
    answer = site.app.test_client().post(
        path, data=form, base_url=ISSUER, environ_overrides={"REMOTE_ADDR": address}
    )
    return answer.status_code, answer.get_json()["error"]


@pytest.mark.parametrize("address", [OUTSIDE, f"::ffff:{OUTSIDE}"])
def test_nobody_begins_anything_from_there(site: Site, address: str) -> None:
    block(site, "203.0.113.0/24")
    token = {"grant_type": "authorization_code", "client_id": "hall", "code": "c"}
    assert post(site, "/oauth2/token", address, **token) == (403, "access_denied")
    for path in ("/login", "/enrol", "/recover", "/device", "/login/window", "/login/passkey"):
        assert Visitor(site, address).get(path).status == 403, path
    assert Visitor(site, address).authorize().status == 403
    events = site.events("blocked_refused")
    assert {event["place"] for event in events} == {"page", "token"}


def test_other_pages_and_addresses_are_as_before(site: Site) -> None:
    block(site, "203.0.113.0/24")
    assert Visitor(site, OUTSIDE).get("/staff/login").status == 200
    assert Visitor(site, OUTSIDE).get("/.well-known/openid-configuration").status == 200
    assert Visitor(site, "203.0.114.9").authorize().path == "/login"


def test_a_client_with_a_secret_is_known_by_it_and_not_by_where_it_stands(site: Site) -> None:
    """Else a portal's own servers could be cut off by what somebody did beside them."""
    with site.services.sessions.begin() as session:
        record = session.get_one(ClientRecord, "hall")
        record.metadata_json = {**record.metadata_json, "token_endpoint_auth_method": "client_secret_post"}
    block(site, "203.0.113.0/24")
    status, error = post(
        site, "/oauth2/token", OUTSIDE, grant_type="authorization_code", client_id="hall", client_secret="x"
    )
    assert (status, error) == (401, "invalid_client")


def test_attack_a_forwarded_header_does_not_lead_around_a_block(site: Site) -> None:
    block(site, "203.0.113.0/24")
    answer = site.app.test_client().get(
        "/login",
        base_url=ISSUER,
        environ_overrides={"REMOTE_ADDR": OUTSIDE},
        headers={"X-Forwarded-For": "198.51.100.1", "Accept-Language": "en"},
    )
    assert answer.status_code == 403


def test_attack_an_old_cookie_does_not_lead_around_a_block(site: Site) -> None:
    """Who is signed in goes on; a cookie whose session has ended is worth nothing."""
    visitor = Visitor(site, OUTSIDE)
    visitor.get("/account")
    visitor.sign_in(PERSON)
    block(site, "203.0.113.0/24")
    assert visitor.get("/login/presence").status != 403
    site.clock.advance(9 * 3600)
    block(site, "203.0.113.0/24")
    assert visitor.authorize().status == 403
    assert visitor.get("/login").status == 403


def test_the_log_is_not_filled_by_who_is_kept_out(site: Site) -> None:
    block(site, "203.0.113.0/24")
    visitor = Visitor(site, OUTSIDE)
    for _ in range(12):
        visitor.get("/login")
    assert len(site.events("blocked_refused")) == 5


def test_a_program_is_told_in_its_own_words(site: Site) -> None:
    block(site, "203.0.113.0/24")
    answer = site.app.test_client().get(
        "/login/window/state",
        base_url=ISSUER,
        environ_overrides={"REMOTE_ADDR": OUTSIDE},
        headers={"Accept": "application/json"},
    )
    assert (answer.status_code, answer.get_json()) == (403, {"error": "access_denied"})


def test_what_began_before_goes_on_and_ends(site: Site) -> None:
    block(site, "203.0.113.0/24")
    refresh = {"grant_type": "refresh_token", "client_id": "hall", "refresh_token": "r"}
    status, error = post(site, "/oauth2/token", OUTSIDE, **refresh)
    assert (status, error) != (403, "access_denied")
    answer = site.app.test_client().post(
        "/oauth2/revoke",
        data={"client_id": "hall", "token": "t"},
        base_url=ISSUER,
        environ_overrides={"REMOTE_ADDR": OUTSIDE},
    )
    assert answer.status_code == 200


def test_attack_any_cookie_begins_a_request_from_a_blocked_range(site: Site) -> None:
    """The hot way in front of the pages keeps out the same, and keeps nothing of a request."""
    visitor = Visitor(site, OUTSIDE)
    visitor.authorize()
    began = visitor.url
    visitor.client.set_cookie(sessions.COOKIE, "nonsense", domain="id.example", secure=True)
    block(site, "203.0.113.0/24")
    visitor.authorize()
    assert (visitor.status, visitor.path) == (403, "/oauth2/authorize")
    assert visitor.authorize(prompt="none").status == 403
    assert visitor.url != began


def signed_in_behind_a_block(site: Site) -> Visitor:
    visitor = Visitor(site, OUTSIDE)
    visitor.get("/account")
    visitor.sign_in(PERSON)
    assert visitor.path == "/account"
    block(site, "203.0.113.0/24")
    site.clock.advance(60)
    return visitor


def test_attack_who_has_an_account_of_their_own_tries_others_from_a_blocked_range(site: Site) -> None:
    visitor = signed_in_behind_a_block(site)
    for password in ("a first guess", PERSON.password):
        visitor.authorize(prompt="login").sign_in(CHILD, password)
        assert visitor.status == 403
    assert site.events("sign_in_refused") == []
    assert visitor.get("/recover").status == 403
    assert visitor.get("/enrol").status == 403
    assert visitor.get("/account").status == 200


def test_who_is_signed_in_proves_anew_who_they_are_from_a_blocked_range(site: Site) -> None:
    visitor = signed_in_behind_a_block(site)
    visitor.authorize(prompt="login").sign_in(PERSON)
    assert visitor.path == "/consent"


def test_attack_a_code_sent_before_the_block_signs_somebody_else_in(site: Site) -> None:
    """Whichever way somebody else's proof comes, the session of who is signed in stays theirs."""
    visitor = Visitor(site, OUTSIDE)
    visitor.authorize()
    visitor.get(f"/login/sms?interaction={visitor.query['interaction']}")
    visitor.submit("phone-form", phone=PERSON.phone)
    now = site.clock()
    with site.services.sessions.begin() as session:
        somebody = Person(id=new_id(now), status="active", level=1, created_at=now, name_sealed=b"")
        session.add(somebody)
        session.flush()
        proof = Proof("password", 1, now, ("pwd",))
        settings = site.services.settings.protocol
        _opened, secret = sessions.open(session, somebody.id, proof, now=now, settings=settings)
    visitor.client.set_cookie(sessions.COOKIE, secret, domain="id.example", secure=True)
    block(site, "203.0.113.0/24")
    visitor.submit("code-form", code=site.code())
    assert visitor.status == 403
    assert visitor.shows("You cannot sign in from this network at the moment")
    assert [event["reason"] for event in site.events("sign_in_refused")] == ["blocked"]
    assert visitor.client.get_cookie(sessions.COOKIE, "id.example").value == secret  # type: ignore[union-attr]
