"""Every check of an answer has a lie that this check alone finds out."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.conftest import Browser
from tests.clients.fake_provider import Claims, FakeProvider, ec_key, rsa_key, shared_secret_key


def kind_of(page: str) -> str:
    found = re.search(r'id="message" data-kind="([a-z_]+)"', page)
    assert found is not None, page
    return found[1]


def detail_of(page: str) -> str:
    found = re.search(r'id="detail">([^<]*)<', page)
    return found[1] if found else ""


def test_an_honest_answer_signs_in(browser: Browser) -> None:
    answer = browser.sign_in()
    assert answer.location == "/me"
    page = browser.get("/me").text
    assert "张三" in page
    assert "the-person" in page


def _set(**changes: Any) -> Callable[[Claims], None]:
    return lambda claims: claims.update(changes)


CLAIM_LIES: dict[str, Callable[[Claims], None]] = {
    "another issuer": _set(iss="http://evil.test"),
    "no issuer": _set(iss=None),
    "another audience": _set(aud="hall"),
    "another audience, though azp is ours": _set(aud="hall", azp="tax"),
    "an audience besides us": _set(aud=["hall", "tax"], azp="tax"),
    "another authorized party": _set(azp="hall"),
    "another nonce": _set(nonce="of-another-sign-in"),
    "no nonce": _set(nonce=None),
    "another access token": _set(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "no at_hash": _set(at_hash=None),
    "expired": lambda claims: claims.update(exp=int(time.time()) - 60),
    "from the future": lambda claims: claims.update(iat=int(time.time()) + 600),
    "no person": _set(sub=None),
    "no level": _set(acr=None),
    "no auth_time": _set(auth_time=None),
}


@pytest.mark.parametrize("lie", CLAIM_LIES)
def test_a_claim_that_is_not_right_is_refused(browser: Browser, provider: FakeProvider, lie: str) -> None:
    provider.change_claims = CLAIM_LIES[lie]
    answer = browser.sign_in()
    assert (answer.status_code, kind_of(answer.text)) == (502, "refused")
    assert browser.get("/me").status_code == 302


def _other_key_of_that_name(provider: FakeProvider) -> None:
    provider.signing_key = ec_key("first")


def _key_that_is_not_published(provider: FakeProvider) -> None:
    provider.signing_key = ec_key("second")


def _other_algorithm_of_the_provider(provider: FakeProvider) -> None:
    provider.published.append(rsa_key("rsa"))
    provider.signing_key, provider.algorithm = provider.published[1], "RS256"


def _our_own_secret(provider: FakeProvider) -> None:
    provider.signing_key, provider.algorithm = shared_secret_key(), "HS256"


def _no_signature(provider: FakeProvider) -> None:
    provider.algorithm = "none"


SIGNATURE_LIES = (
    _other_key_of_that_name,
    _key_that_is_not_published,
    _other_algorithm_of_the_provider,
    _our_own_secret,
    _no_signature,
)


@pytest.mark.parametrize("lie", SIGNATURE_LIES)
def test_a_signature_that_is_not_right_is_refused(
    browser: Browser, provider: FakeProvider, lie: Callable[[FakeProvider], None]
) -> None:
    lie(provider)
    answer = browser.sign_in()
    assert (answer.status_code, kind_of(answer.text)) == (502, "refused")


def test_a_new_key_of_the_provider_is_fetched(browser: Browser, provider: FakeProvider) -> None:
    assert browser.sign_in().location == "/me"
    provider.published.insert(0, ec_key("second"))
    assert browser.sign_in().location == "/me"


def test_metadata_of_another_issuer_is_refused(browser: Browser, provider: FakeProvider) -> None:
    provider.change_metadata = _set(issuer="http://evil.test")
    assert kind_of(browser.get("/sign-in").text) == "refused"
    provider.change_metadata = lambda _metadata: None
    assert browser.sign_in().location == "/me"


@pytest.mark.parametrize("issuer", ["http://evil.test", None])
def test_an_answer_of_another_issuer_never_reaches_the_token_endpoint(
    browser: Browser, provider: FakeProvider, issuer: str | None
) -> None:
    answer = browser.come_back(browser.start(), iss=issuer)
    assert (answer.status_code, kind_of(answer.text)) == (502, "refused")
    assert "/token" not in provider.seen


def test_userinfo_of_another_person_is_refused(browser: Browser, provider: FakeProvider) -> None:
    provider.userinfo["sub"] = "somebody-else"
    assert kind_of(browser.sign_in().text) == "refused"


def test_userinfo_cannot_raise_the_level(browser: Browser, provider: FakeProvider) -> None:
    provider.userinfo["acr"] = "urn:yitong:acr:4"
    browser.sign_in()
    assert 'data-level="2"' in browser.get("/me").text


def test_an_answer_without_id_token_signs_nobody_in(browser: Browser, provider: FakeProvider) -> None:
    provider.change_token = lambda token: token.pop("id_token")
    assert kind_of(browser.sign_in().text) == "refused"


def test_a_level_below_the_one_asked_is_refused(browser: Browser, provider: FakeProvider) -> None:
    provider.level = 1
    answer = browser.sign_in()
    assert (answer.status_code, kind_of(answer.text)) == (403, "too_low")
    provider.level = 2
    answer = browser.sign_in("/services/filing")
    assert (answer.status_code, kind_of(answer.text)) == (403, "too_low")


def test_a_higher_level_than_asked_is_welcome(browser: Browser, provider: FakeProvider) -> None:
    provider.level = 3
    assert browser.sign_in("/services/records").location == "/services/records"
    assert browser.get("/services/filing").status_code == 200
