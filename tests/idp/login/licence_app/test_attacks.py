"""Who might misuse a QR code that signs somebody in, and what stands against it (RFC 10027 section 4)."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.business.licences import challenges
from idp.business.organisation_kinds import OrganisationStatus
from idp.crypto.digests import base64url
from idp.login.licence_app.codes import normalise
from idp.login.licence_app.statement import Statement, shown_part, signed_text
from tests.fakes import FakeClock
from tests.idp.login.licence_app.phone import Phone, begin, code_on
from tests.idp.login.licences.licensing import COMPANY, Licence, Licensing
from tests.idp.login.licences.test_hats import ask_register
from tests.idp.login.visitor import ISSUER, NEWCOMER, PERSON, TAX, Site

STATEMENT = Statement(
    asks="City Service Hall",
    host="hall.example",
    address="192.0.*.*",
    network="other",
    asked=FakeClock()(),
    code="BCDF-GHJK-LMNP",
    language="en",
)
CHALLENGE = b"yitong-licence-challenge/1\nissuer: https://id.example\n"


def test_attack_the_code_is_mailed_to_a_victim_who_confirms(site: Site, phone: Phone) -> None:
    """RFC 10027 section 4.1: the attacker's page has no digits, and three guesses end it."""
    attacker = begin(site)
    phone.scan(code_on(attacker))
    digits = phone.confirm()["digits"]
    attacker.get(attacker.url)
    for guess in range(3):
        wrong = f"{(int(digits) + 1 + guess) % 10000:04}"
        attacker.submit("digits-form", digits=wrong)
    assert attacker.shows("The digits were wrong too often.")
    assert phone.ask("status")["state"] == "refused"
    assert site.events("signed_in") == []
    assert [one["reason"] for one in site.events("licence_request_refused")] == ["digits"]


def test_attack_a_victim_opens_the_link_on_their_own_device(site: Site, phone: Phone) -> None:
    """The app leads back to the victim's browser, which is not the one that began."""
    attacker, victim = begin(site), site.visitor()
    phone.scan(code_on(attacker))
    back = phone.confirm()["return_url"].removeprefix(ISSUER)
    assert victim.get(back).status == 403
    assert victim.shows("This sign-in is not open in this browser.")
    assert "digits-form" not in victim.page.forms


def test_attack_another_browser_takes_the_result(site: Site, phone: Phone) -> None:
    owner, thief = begin(site), begin(site)
    phone.scan(code_on(owner))
    digits = phone.confirm()["digits"]
    own = thief.page.elements["licence-app"]["data-page-url"]
    link = f"{own.partition('&link=')[0]}&link={phone.got['request']}"
    # As a page of their own has it, whose digits are asked for.
    other = Phone(site, phone.licence)
    other.scan(code_on(thief))
    other.confirm()
    token = thief.get(thief.url).page.forms["digits-form"].fields["csrf_token"]
    thief.client.post(link, data={"digits": digits, "csrf_token": token}, **thief._environment())
    assert site.events("signed_in") == []
    assert thief.get(link).page.elements["licence-app"]["data-state"] == "shown"
    assert owner.get(owner.url).page.elements["licence-app"]["data-state"] == "confirmed"


def test_attack_a_result_is_taken_for_another_sign_in_of_the_same_browser(site: Site, phone: Phone) -> None:
    visitor = begin(site)
    first = visitor.url
    phone.scan(code_on(visitor))
    digits = phone.confirm()["digits"]
    second = begin(site, visitor, state="another")
    own = second.url.partition("&link=")[0]
    second.get(f"{own}&link={phone.got['request']}")
    assert second.page.elements["licence-app"]["data-state"] == "shown"
    visitor.get(first).submit("digits-form", digits=digits)
    assert visitor.path == "/consent"


def test_attack_a_signature_is_replayed(site: Site, licence: Licence) -> None:
    """For another page, and for the same one after it has been taken."""
    one, other = Phone(site, licence), Phone(site, licence)
    first, second = begin(site), begin(site)
    one.scan(code_on(first))
    digits = one.confirm()["digits"]
    other.scan(code_on(second))
    signature = base64url(licence.sign(one.text.encode()))
    assert other.confirm(signature=signature)["rule"] == "signature"
    first.get(first.url).submit("digits-form", digits=digits)
    assert one.confirm()["error"] == "wrong_state"
    assert len(site.events("signed_in")) == 1


@pytest.mark.parametrize("line", ["asks", "host", "address", "code"])
def test_attack_one_thing_is_shown_and_another_signed(site: Site, phone: Phone, line: str) -> None:
    visitor = begin(site)
    phone.scan(code_on(visitor))
    lines = [f"{line}: another" if one.startswith(f"{line}: ") else one for one in phone.text.split("\n")]
    changed = "\n".join(lines)
    assert changed != phone.text
    assert phone.confirm(text=changed)["rule"] == "signature"
    assert visitor.get(visitor.url).shows("The licence was not accepted.")


def test_attack_a_signature_for_the_sign_in_page_is_used_by_an_app(site: Site, phone: Phone) -> None:
    """And the reverse: the first lines differ, so neither passes for the other."""
    visitor = begin(site)
    phone.scan(code_on(visitor))
    bare = phone.text[len(shown_part(phone.text.encode()).decode()) :]
    assert bare.startswith(challenges.VERSION)
    assert phone.confirm(text=bare)["rule"] == "signature"
    with pytest.raises(Exception, match="not a challenge"):
        challenges.read_challenge(phone.text.encode())


def test_attack_a_second_phone_reads_the_code(site: Site, phone: Phone, licence: Licence) -> None:
    code = code_on(begin(site))
    phone.scan(code)
    late = Phone(site, licence)
    assert (late.scan(code)["error"], late.status) == ("unknown_code", 404)


def test_attack_somebody_speaks_for_another_phone(site: Site, phone: Phone, licence: Licence) -> None:
    phone.scan(code_on(begin(site)))
    thief = Phone(site, licence)
    thief.got = {**phone.got, "token": "x" * 43}
    for answer in (thief.confirm(), thief.refuse(), thief.ask("status")):
        assert (answer["error"], thief.status) == ("unknown_request", 404)
    phone.confirm()
    assert phone.status == 200


def test_attack_codes_are_guessed(site: Site, phone: Phone) -> None:
    limit = site.services.settings.licence_app.calls_per_address_per_hour
    for _ in range(limit):
        assert phone.scan("BCDF-GHJK-LMNP")["error"] == "unknown_code"
    assert (phone.scan("BCDF-GHJK-LMNP")["error"], phone.status) == ("too_many_requests", 429)
    assert phone.headers["Retry-After"]


def test_attack_another_phone_answers_from_the_address_of_a_page(site: Site, licence: Licence) -> None:
    """Nothing follows from an address but what is shown."""
    visitor = begin(site)
    near = Phone(site, licence, address=visitor.address)
    near.scan(code_on(visitor))
    assert "\nnetwork: same\n" in near.text
    far = Phone(site, licence)
    far.scan(code_on(begin(site)))
    assert "\naddress: 192.0.*.*\nnetwork: other\n" in far.text


def test_attack_a_page_of_another_origin_speaks_for_a_phone(site: Site, phone: Phone) -> None:
    """A form can be sent from anywhere; JSON only with the leave of an answer that never comes."""
    body = {"code": code_on(begin(site))}
    for media in ("text/plain", "application/x-www-form-urlencoded"):
        answer = phone.client.post(
            "/licence-app/v1/scan", data=str(body), content_type=media, base_url=ISSUER
        )
        assert answer.status_code == 415
    answer = phone.client.options(
        "/licence-app/v1/scan", base_url=ISSUER, headers={"Origin": "https://evil.example"}
    )
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"code": 1}',
        b'{"code": "a", "code": "b"}',
        b'{"code": "\\ud800"}',
        b"{" * 40000,
        b'{"other": "x"}',
    ],
)
def test_attack_what_is_no_call_is_refused(site: Site, phone: Phone, body: bytes) -> None:
    begin(site)
    answer = phone.client.post(
        "/licence-app/v1/scan", data=body, content_type="application/json", base_url=ISSUER
    )
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_request"


def test_attack_a_call_is_too_large(site: Site, phone: Phone) -> None:
    visitor = begin(site)
    phone.scan(code_on(visitor))
    assert phone.confirm(certificates="A" * 40000)["error"] == "invalid_request"
    assert phone.confirm(signature="A" * 4000)["error"] == "invalid_request"
    assert phone.confirm(certificates="A" * 70000)["error"] == "invalid_request"
    assert phone.status == 413
    # Nothing of that has used anything up.
    assert "digits" in phone.confirm()


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("representative", "holder"),
        ("suspended", "organisation"),
        ("unknown", "organisation"),
        ("silent", "register"),
        ("revoked", "revoked"),
        ("expired", "validity"),
        ("lists", "revocation"),
    ],
)
def test_attack_a_licence_that_is_no_longer_good(
    site: Site, licensing: Licensing, licence: Licence, wrong: str, rule: str
) -> None:
    match wrong:
        case "representative":
            licensing.register.tell(by=NEWCOMER)
        case "suspended":
            licensing.register.tell(status=OrganisationStatus.SUSPENDED)
        case "unknown":
            licensing.register.says.clear()
        case "silent":
            licensing.register.is_down = True
        case "revoked":
            licensing.revoke(licence)
        case "expired":
            site.clock.advance(366 * 86400)
        case _:
            licensing.lists.is_down = True
    visitor, phone = begin(site), Phone(site, licence)
    phone.scan(code_on(visitor))
    refused = phone.confirm()
    assert (phone.status, refused["error"], refused["rule"]) == (422, "licence_refused", rule)
    assert refused["message"]
    assert visitor.get(visitor.url).shows("The licence was not accepted. The phone says why.")
    assert phone.confirm()["error"] == "wrong_state"
    assert [one["rule"] for one in site.events("licence_refused")] == [rule]
    assert site.events("signed_in") == []


def test_attack_presence_is_shown_by_somebody_elses_licence(site: Site, licensing: Licensing) -> None:
    licensing.register.tell(by=NEWCOMER)
    phone = Phone(site, licensing.issue(holder=NEWCOMER))
    visitor = site.visitor()
    visitor.authorize(TAX).sign_in()
    visitor.get(f"/login/licence-app?interaction={visitor.query['interaction']}")
    phone.scan(code_on(visitor))
    digits = phone.confirm()["digits"]
    visitor.get(visitor.url).submit("digits-form", digits=digits)
    assert visitor.status == 403
    assert visitor.shows("This licence is held by somebody else")
    visitor.get(f"/login/presence?{visitor.url.partition('?')[2]}")
    assert visitor.path == "/login/presence"


def test_attack_the_store_is_read(site: Site, phone: Phone, tmp_path: Path) -> None:
    """Codes, digits and tokens are not in it, nor anything of the holder."""
    visitor = begin(site)
    code = code_on(visitor)
    phone.scan(code)
    answer = phone.confirm()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("ephemeral.db*"))
    assert b"hall.example" in kept
    for secret in (code.replace("-", ""), phone.got["token"], PERSON.number, PERSON.name, COMPANY):
        assert secret.encode() not in kept, secret
    assert f'"{answer["digits"]}"'.encode() not in kept


def test_attack_the_phone_learns_of_the_holder(site: Site, phone: Phone) -> None:
    """What is answered tells nothing that the licence does not; all of it stays out of caches."""
    visitor = begin(site)
    said = str(phone.scan(code_on(visitor), "zh-CN")) + str(phone.confirm())
    assert phone.headers["Cache-Control"] == "no-store"
    assert PERSON.name not in said
    assert PERSON.number not in said
    assert visitor.url.partition("interaction=")[2].partition("&")[0] not in said


@given(st.text(max_size=300), st.text(max_size=300))
def test_attack_a_portals_name_writes_lines_of_its_own(asks: str, host: str) -> None:
    text = signed_text(replace(STATEMENT, asks=asks, host=host), CHALLENGE)
    lines = text.encode().decode().split("\n")
    assert [line.partition(":")[0] for line in lines[1:8]] == [
        *("asks", "host", "address", "network", "asked", "code", "language")
    ]
    assert lines[8:] == CHALLENGE.decode().split("\n")
    assert all(line.isprintable() for line in lines)
    assert shown_part(text.encode()) + CHALLENGE == text.encode()


@given(st.text(max_size=40))
def test_attack_what_is_typed_is_no_code(typed: str) -> None:
    code = normalise(typed)
    assert code is None or (len(code) == 12 and code.isascii())


@pytest.mark.parametrize("change", ["dissolved", "another_representative"])
def test_attack_the_organisation_falls_between_the_phone_and_the_page(
    site: Site, licensing: Licensing, phone: Phone, change: str
) -> None:
    """What ends such sessions has passed before this one opens: it must not open."""
    visitor = begin(site)
    phone.scan(code_on(visitor))
    digits = phone.confirm()["digits"]
    licensing.register.tell(
        by=PERSON if change == "dissolved" else NEWCOMER,
        status=OrganisationStatus.DISSOLVED if change == "dissolved" else OrganisationStatus.ACTIVE,
    )
    ask_register(licensing)
    visitor.get(visitor.url).submit("digits-form", digits=digits)
    assert visitor.status == 403
    assert site.events("signed_in") == []
    assert site.events("licence_refused")[-1]["rule"] == "holder"
