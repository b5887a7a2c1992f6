"""Signing in with a licence by a detached signature, through the real pages."""

import dataclasses
import json
from io import BytesIO

import pytest
from sqlalchemy import update

from idp.business.organisation_kinds import OrganisationStatus
from idp.crypto.digests import base64url, from_base64url
from idp.login.services import KEY
from idp.oidc.clients.models import ClientRecord
from idp.people.models import Person
from idp.people.registry import Answer, RegisterAnswer
from tests.idp.login.licences.licensing import Licence, Licensing, licence_text
from tests.idp.login.visitor import HALL, ISSUER, NEWCOMER, TAX, Site, Visitor


def at_the_text(site: Site, client: str = HALL) -> Visitor:
    visitor = site.visitor().authorize(client)
    return visitor.click("way-licence").click("way-licence-signature")


def refused(licensing: Licensing, visitor: Visitor) -> str:
    """By which rule: the page and the log agree."""
    assert visitor.status == 422
    event = licensing.site.events("licence_refused")[-1]
    assert event["rule"].endswith(visitor.page.elements["challenge"]["data-refused-by"])
    assert not licensing.site.events("signed_in")
    return str(event["rule"])


def test_who_holds_a_licence_is_signed_in_as_the_natural_person(licensing: Licensing, site: Site) -> None:
    visitor = licensing.sign_in(at_the_text(site), licensing.issue())
    assert visitor.path == "/consent"
    (accepted,) = site.events("licence_accepted")
    (signed_in,) = site.events("signed_in")
    (enrolled,) = site.events("organisation_enrolled")
    assert accepted["person_id"] == signed_in["person_id"]
    assert accepted["organisation_id"] == enrolled["organisation_id"]
    assert (accepted["carrier"], accepted["level"], accepted["client_id"]) == ("signature", 3, HALL)
    assert (signed_in["level"], signed_in["methods"]) == (3, ["licence"])


@pytest.mark.parametrize("kind", ["sm2", "rsa"])
def test_every_kind_of_key_signs_in(licensing: Licensing, site: Site, kind: str) -> None:
    licensing.authority(kind)
    assert licensing.sign_in(at_the_text(site), licensing.issue(kind)).path == "/consent"


def test_rsa_may_sign_by_pss(licensing: Licensing, site: Site) -> None:
    licensing.authority("rsa")
    licence, visitor = licensing.issue("rsa"), at_the_text(site)
    text = licence_text(visitor)
    signature = licence.sign(text, "rsa-pss-sha256")
    assert licensing.sign_in(visitor, licence, signature=signature).status == 422
    # Nothing was used up: the text is the same, and so the signature may be sent again.
    assert licence_text(visitor) == text
    licensing.sign_in(visitor, licence, fields={"algorithm": "rsa-pss-sha256"}, signature=signature)
    assert visitor.path == "/consent"


def test_a_licence_in_hardware_is_of_level_4(licensing: Licensing, site: Site) -> None:
    licensing.sign_in(at_the_text(site), licensing.issue(hardware=True))
    assert site.events("signed_in")[0]["level"] == 4


def test_certificates_may_come_in_one_file(licensing: Licensing, site: Site) -> None:
    licence = licensing.issue()
    both = licence.certificate + licence.chain
    assert licensing.sign_in(at_the_text(site), licence, certificate=both, chain=b"").path == "/consent"


def test_an_agents_answer_signs_in_too(licensing: Licensing, site: Site) -> None:
    visitor, licence = at_the_text(site), licensing.issue()
    visitor.submit("agent-form", **agents_answer(licence, licence_text(visitor)))
    assert visitor.path == "/consent"
    assert site.events("licence_accepted")[0]["carrier"] == "agent"


def test_the_page_may_ask_the_agents_address_and_no_other_page_may(site: Site, licensing: Licensing) -> None:
    visitor = at_the_text(site)
    port = site.services.settings.licences.signing_agent_port
    assert f"connect-src 'self' http://127.0.0.1:{port};" in policy_of(visitor)
    visitor.click("other-way")
    assert "connect-src 'self';" in policy_of(visitor)


def test_who_is_new_here_gets_an_account_by_the_licence(licensing: Licensing, site: Site) -> None:
    licensing.register.tell(by=NEWCOMER)
    visitor = licensing.sign_in(at_the_text(site), licensing.issue(holder=NEWCOMER))
    assert visitor.path == "/consent"
    (enrolled,) = site.events("person_enrolled")
    assert (enrolled["level"], enrolled["binding"]) == (2, "licence")
    assert site.events("signed_in")[0]["person_id"] == enrolled["person_id"]


def test_who_is_signed_in_shows_presence_by_their_licence(licensing: Licensing, site: Site) -> None:
    visitor = site.visitor().authorize(TAX).sign_in()
    assert visitor.path == "/login/presence"
    visitor.click("way-licence").click("way-licence-signature")
    assert licensing.sign_in(visitor, licensing.issue()).path == "/consent"
    (event,) = site.events("stepped_up")
    assert (event["level"], event["methods"]) == (3, ["licence"])


def test_level_4_is_reached_by_a_licence_in_hardware_alone(licensing: Licensing, site: Site) -> None:
    essential = {"id_token": {"acr": {"essential": True, "value": "urn:yitong:acr:4"}}}
    visitor = site.visitor().authorize(claims=json.dumps(essential)).sign_in()
    assert visitor.path == "/login/presence"
    assert not {"way-face", "way-passkey", "way-activation"} & visitor.page.elements.keys()
    visitor.click("way-licence").click("way-licence-signature")
    licensing.sign_in(visitor, licensing.issue())
    assert visitor.shows("does not say that its key is kept in hardware")
    assert site.events("licence_refused")[0]["rule"] == "level"
    assert licensing.sign_in(visitor, licensing.issue(hardware=True)).path == "/consent"
    assert visitor.agree().is_back_at_the_portal
    assert site.events("code_issued")[0]["level"] == 4


def test_another_persons_licence_shows_no_presence(licensing: Licensing, site: Site) -> None:
    licensing.register.tell(by=NEWCOMER)
    visitor = site.visitor().authorize(TAX).sign_in()
    visitor.click("way-licence").click("way-licence-signature")
    licensing.sign_in(visitor, licensing.issue(holder=NEWCOMER))
    assert visitor.status == 422
    assert visitor.shows("held by somebody else")
    assert site.events("licence_refused")[0]["rule"] == "holder_other_account"
    # Nor does it open an account for its holder, who has not come to sign in.
    assert not site.events("person_enrolled")
    # Whose account it would be is left as it was.
    assert visitor.get(visitor.url).click("other-way").click("other-way").path == "/login/presence"


def test_without_an_authority_no_licence_is_offered(site: Site) -> None:
    visitor = site.visitor().authorize()
    assert "way-licence" not in visitor.page.elements
    here = visitor.query["interaction"]
    for path in ("/login/licence", "/login/licence/signature", "/login/licence/agent"):
        assert visitor.get(f"{path}?interaction={here}").path == "/login"


def test_a_client_that_accepts_businesses_offers_it_first(licensing: Licensing, site: Site) -> None:
    below = site.visitor().authorize(TAX).body
    assert below.index('id="way-licence"') > below.index('id="password-form"')
    with site.services.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        record.metadata_json = {**record.metadata_json, "accepted_parties": ["citizen", "business"]}
    above = site.visitor().authorize().body
    assert above.index('id="way-licence"') < above.index('id="password-form"')


def test_two_tabs_each_have_their_text(licensing: Licensing, site: Site) -> None:
    """Of one sign-in: the first that is signed goes on, the other finds it done."""
    first = at_the_text(site)
    url = first.url
    text = licence_text(first)
    second_form = first.get(url).page.forms["signature-form"]
    assert from_base64url(second_form.fields["challenge"]) != text
    licence = licensing.issue()
    licensing.sign_in(first, licence)
    assert first.path == "/consent"
    late = {**second_form.fields, "certificate": (BytesIO(licence.certificate), "c")}
    response = first.client.post(second_form.action or url, data=late, base_url=ISSUER)
    assert response.status_code == 303
    assert len(site.events("signed_in")) == 1


def test_the_register_may_be_down_and_then_nobody_signs_in(licensing: Licensing, site: Site) -> None:
    assert licensing.sign_in(at_the_text(site), licensing.issue()).path == "/consent"
    licensing.register.is_down = True
    visitor = licensing.sign_in(at_the_text(site), licensing.issue())
    assert visitor.status == 422
    assert visitor.shows("business register does not answer")
    assert [one["rule"] for one in site.events("licence_refused")] == ["register"]
    assert len(site.events("signed_in")) == 1


@pytest.mark.parametrize("status", [OrganisationStatus.SUSPENDED, OrganisationStatus.DISSOLVED])
def test_an_organisation_that_is_not_active(
    licensing: Licensing, site: Site, status: OrganisationStatus
) -> None:
    licensing.register.tell(status=status)
    assert refused(licensing, licensing.sign_in(at_the_text(site), licensing.issue())) == "organisation"


def test_a_representative_who_has_changed_since(licensing: Licensing, site: Site) -> None:
    licence = licensing.issue()
    assert licensing.sign_in(at_the_text(site), licence).path == "/consent"
    licensing.register.tell(by=NEWCOMER)
    visitor = licensing.sign_in(at_the_text(site), licence)
    assert visitor.shows("does not act for the organisation")
    assert site.events("licence_refused")[0]["rule"] == "holder"
    assert site.events("organisation_changed")[0]["change"] == "legal_representative"


def test_nobody_can_say_whether_it_was_revoked(licensing: Licensing, site: Site) -> None:
    licensing.lists.is_down = True
    visitor = licensing.sign_in(at_the_text(site), licensing.issue())
    assert refused(licensing, visitor) == "revocation"
    assert visitor.shows("cannot be found out just now")


@pytest.mark.parametrize("status", ["frozen", "deceased", "closed"])
def test_an_account_that_is_not_open(licensing: Licensing, site: Site, status: str) -> None:
    with site.services.sessions.begin() as session:
        session.execute(update(Person).values(status=status))
    visitor = licensing.sign_in(at_the_text(site), licensing.issue())
    assert refused(licensing, visitor) == f"holder_{status}"
    (event,) = site.events("sign_in_refused")
    assert (event["reason"], event["method"]) == (status, "licence")


@pytest.mark.parametrize(
    ("answer", "rule"),
    [("mismatch", "name_differs"), ("unknown", "not_in_register"), ("unavailable", "register_silent")],
)
def test_a_holder_whom_the_population_register_does_not_confirm(
    licensing: Licensing, site: Site, answer: str, rule: str
) -> None:
    class Says:
        def verify(self, name: str, number: str) -> RegisterAnswer:
            return RegisterAnswer(Answer(answer))

    holders = site.app.extensions[KEY].licence_holders
    site.app.extensions[KEY] = dataclasses.replace(
        site.app.extensions[KEY], licence_holders=dataclasses.replace(holders, register=Says())
    )
    licensing.register.tell(by=NEWCOMER)
    visitor = licensing.sign_in(at_the_text(site), licensing.issue(holder=NEWCOMER))
    assert refused(licensing, visitor) == f"holder_{rule}"
    assert not site.events("person_enrolled")


@pytest.mark.parametrize("missing", ["certificate", "signature"])
def test_a_file_that_was_not_chosen(licensing: Licensing, site: Site, missing: str) -> None:
    visitor = at_the_text(site)
    text = licence_text(visitor)
    licensing.sign_in(visitor, licensing.issue(), instead={missing: b""})
    assert visitor.status == 422
    assert visitor.page.elements[missing]["aria-invalid"] == "true"
    assert licence_text(visitor) == text


def agents_answer(licence: Licence, text: bytes) -> dict[str, str]:
    return {
        "certificate": licence.certificate.decode(),
        "chain": licence.chain.decode(),
        "signature": base64url(licence.sign(text)),
        "algorithm": "",
    }


def policy_of(visitor: Visitor) -> str:
    response = visitor.client.get(visitor.url, base_url=ISSUER)
    return response.headers["Content-Security-Policy"]
