"""The scripted browser before answers that nobody has thought of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.checker import Answer, Application, NotReached, Sent, run
from clients.checker.browser import HOPS_AT_MOST, Astray, Browser
from clients.checker.local import LocalProvider
from clients.checker.pages import forms
from clients.checker.provider import Citizen
from clients.checker.signing_in import fill_in
from tests.clients.checker.broken_app import ORIGIN, BrokenApp
from tests.clients.checker.hands import APPLICATION, ISSUER, Web, of_flask

APP = "http://app.test:80"
OK = Answer(200, (), b"")


def led_to(location: str, *cookies: str) -> Answer:
    return Answer(302, (("location", location), *(("set-cookie", one) for one in cookies)), b"")


class Told:
    """Answers one after another, then nothing but 200."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.sent = list(answers), list[Sent]()

    def __call__(self, sent: Sent) -> Answer:
        self.sent.append(sent)
        return self.answers.pop(0) if self.answers else OK

    def cookie(self) -> str:
        return dict(self.sent[-1].headers).get("Cookie", "")


def browser(*answers: Answer) -> tuple[Browser, Told]:
    told = Told(*answers)
    return Browser(told, lambda origin: origin in (APP, "https://app.test:443")), told


@pytest.mark.parametrize(
    "location",
    [
        "javascript:alert(1)",
        "http://[",
        "http://elsewhere.test/",
        "data:text/html,x",
        "file:///etc/passwd",
    ],
)
def test_attack_it_is_led_astray(location: str) -> None:
    found, told = browser(led_to(location))
    with pytest.raises(Astray):
        found.follow(found.get("http://app.test/"))
    assert len(told.sent) == 1


def test_what_is_not_ascii_is_encoded_as_browsers_do_it() -> None:
    found, told = browser(led_to("/市?a=%20&b=云#part"))
    found.follow(found.get("http://app.test/x"))
    assert told.sent[-1].url == "http://app.test/%E5%B8%82?a=%20&b=%E4%BA%91"


def test_cookies_are_of_a_host_and_a_path_and_end() -> None:
    found, told = browser(
        led_to("/", "a=1; Path=/; HttpOnly", "b=2; Path=/deep", "c=3", "d=4; Secure"),
        led_to("/", "a=; Max-Age=0", "c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
    )
    found.get("http://app.test/")
    found.get("http://app.test/deep/er")
    assert told.cookie() == "a=1; b=2; c=3"
    found.get("http://app.test/deeper")
    assert told.cookie() == ""
    found.get("https://app.test/")
    assert told.cookie() == "d=4"


def test_attack_a_redirect_that_never_ends() -> None:
    found, _told = browser(*(led_to("/again") for _ in range(1000)))
    hop = found.get("http://app.test/")
    for _step in range(HOPS_AT_MOST - 1):
        hop = found.follow(hop)
    with pytest.raises(Astray, match="in_circles"):
        found.follow(hop)


@pytest.mark.parametrize("action", ["https://evil.test/", "//evil.test/login", "javascript:x", "http://["])
def test_attack_a_form_that_leads_the_password_away(action: str) -> None:
    page = (
        f'<form method="post" id="password-form" action="{action}"><input name="csrf_token" value="x"></form>'
    )
    found, told = browser(Answer(200, (), page.encode()))
    hop = found.get("http://app.test/login")
    with pytest.raises(Astray, match="form_leads_away"):
        fill_in(found, hop, Citizen("number", "password"), APP)
    assert len(told.sent) == 1


@given(st.text(alphabet=st.sampled_from("<>![]-/=\"' abform?id"), max_size=60))
def test_a_page_is_read_as_far_as_it_can_be(page: str) -> None:
    forms(page)
    forms("<form id=a><input name=b value=c>" + page)


ANYTHING = st.builds(
    Answer,
    st.sampled_from([200, 302, 303, 307, 404, 500]),
    st.lists(
        st.tuples(
            st.sampled_from(["location", "set-cookie", "content-type"]),
            st.one_of(
                st.text(max_size=30),
                st.sampled_from([f"{ISSUER}/authorize?client_id=a", f"{ORIGIN}/me", "/"]),
            ),
        ),
        max_size=3,
    ).map(tuple),
    st.binary(max_size=40),
)


@given(st.lists(ANYTHING, min_size=1, max_size=8))
def test_whatever_an_application_answers_there_is_a_report(answers: list[Answer]) -> None:
    turn = 0

    def app(_sent: Sent) -> Answer:
        nonlocal turn
        turn += 1
        return answers[turn % len(answers)]

    web = Web()
    provider = LocalProvider(ISSUER, web, lambda: 1e9)
    web.places |= {"http://provider.test:80": provider, "http://app.test:80": app}
    assert run(APPLICATION, provider, web, pause=lambda _seconds: None, patience_seconds=0.5).results


def test_all_together_have_their_time() -> None:
    """An application that answers slowly: no check goes on for ever."""
    now = 0.0

    def slow(sent: Sent) -> Answer:
        nonlocal now
        now += 9.0
        return web(sent)

    web = Web()
    provider = LocalProvider(ISSUER, web, lambda: 1e9)
    web.places["http://provider.test:80"] = provider
    web.places["http://app.test:80"] = of_flask(BrokenApp(ISSUER, web, clock=lambda: 1e9).flask)
    report = run(
        APPLICATION, provider, slow, pause=lambda _seconds: None, monotonic=lambda: now, longest_seconds=60
    )
    assert now <= 70
    assert report.results[-1].reason == "no_time_left"
    assert not [one for one in report.results if one.verdict == "failed"]


def test_an_application_that_is_not_there() -> None:
    def nobody(_sent: Sent) -> Answer:
        raise NotReached("nobody listens")

    provider = LocalProvider(ISSUER, nobody, lambda: 1e9)
    report = run(APPLICATION, provider, nobody)
    assert [one.reason for one in report.results][:2] == ["not_reached", "stopped_by_page-is-guarded"]


@pytest.mark.parametrize(
    "url", ["app.test/me", "ftp://app.test/", "http://", "http://user@app.test/", "http://app.test:0/"]
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Application(url, f"{ORIGIN}/me")
