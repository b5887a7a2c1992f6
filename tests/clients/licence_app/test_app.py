"""The sample app's pages, with a provider that says what a test lets it say."""

import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
import segno
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.licence_app.app import create_app
from clients.licence_app.keys import Key
from clients.licence_app.provider import Asked, Confirmed, Refused
from clients.licence_app.wallet import Wallet
from tests.clients.licence_app.licences import NOW, PIN, licence_folder
from tests.clients.licence_app.test_reading import CODE, ISSUER, LINK, text_of
from tests.fakes import FakeClock

HOST = "localhost:8003"


@dataclass
class Says:
    """Stands in for a provider."""

    text: str = field(default_factory=text_of)
    fails: Refused | None = None
    stands: str = "confirmed"
    heard: list[str] = field(default_factory=list)

    def scan(self, code: str) -> Asked:
        self._hear(f"scan {code}")
        return Asked(ISSUER, "request", "token", self.text)

    def confirm(self, asked: Asked, certificates: str, key: Key) -> Confirmed:
        self._hear(f"confirm {key.algorithm}")
        return Confirmed("0417", f"{ISSUER}/login/licence-app/return?link=l&digits=0417")

    def refuse(self, asked: Asked, *, is_mine: bool) -> None:
        self._hear("declined" if is_mine else "not_mine")

    def state(self, asked: Asked) -> str:
        return self.stands

    def _hear(self, what: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.heard.append(what)


class Person:
    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = self.get("/")
        self.at = ""

    def get(self, path: str, host: str = HOST) -> TestResponse:
        self.page = self.client.get(path, base_url=f"http://{host}", headers={"Accept-Language": "en"})
        return self.page

    @property
    def text(self) -> str:
        return self.page.get_data(as_text=True)

    def post(self, path: str, **fields: object) -> TestResponse:
        token = re.findall(r'name="csrf_token" value="([^"]+)"', self.text)[0]
        answer = self.client.post(
            path,
            base_url=f"http://{HOST}",
            data={"csrf_token": token, **fields},
            headers={"Accept-Language": "en"},
        )
        self.page = answer
        if answer.status_code == 303:
            self.at = answer.headers["Location"]
            self.get(self.at)
        return answer

    def read(self, link: str = LINK) -> TestResponse:
        return self.post("/read", link=link)

    def confirm(self, wallet: Wallet, pin: str = PIN) -> TestResponse:
        name = next(iter(wallet)).name
        return self.post(self.at, decision="confirm", licence=name, pin=pin)


@pytest.fixture
def wallet(tmp_path: Path) -> Wallet:
    found = Wallet(tmp_path / "wallet")
    found.add(licence_folder(tmp_path, "ecdsa"), PIN)
    return found


@pytest.fixture
def says() -> Says:
    return Says()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def person(wallet: Wallet, says: Says, clock: FakeClock) -> Person:
    app = create_app(
        wallet,
        [ISSUER],
        hosts=[HOST],
        connect=lambda _issuer, _language: says,  # type: ignore[arg-type,return-value]
        clock=clock,
    )
    return Person(app.test_client())


def test_from_the_picture_to_the_digits(person: Person, wallet: Wallet, says: Says) -> None:
    drawn = BytesIO()
    segno.make_qr(LINK, error="m").save(drawn, kind="png", scale=6, border=4)
    person.post("/read", picture=(BytesIO(drawn.getvalue()), "picture.png"))
    for shown in ("云岭市政务服务大厅", "hall.example", ISSUER, CODE, "192.0.*.*", "2026-06-01 20:00:00"):
        assert shown in person.text
    person.confirm(wallet)
    assert "0417" in person.text
    assert says.heard == [f"scan {CODE}", "confirm ecdsa-sha256"]
    says.stands = "taken"
    person.get(person.at)
    assert "The page has signed you in." in person.text


@pytest.mark.parametrize("reason", ["declined", "not_mine"])
def test_refusing_is_a_button(person: Person, wallet: Wallet, says: Says, reason: str) -> None:
    person.read()
    person.post(person.at, decision=reason)
    assert says.heard == [f"scan {CODE}", reason]
    assert f'data-kind="{reason}"' in person.text


def test_nothing_is_signed_without_the_pin(person: Person, wallet: Wallet, says: Says) -> None:
    person.read()
    person.confirm(wallet, pin="000000")
    assert "The PIN is wrong. Tries left: 4" in person.text
    assert says.heard == [f"scan {CODE}"]


def test_attack_what_is_shown_is_not_what_was_asked(person: Person, says: Says) -> None:
    """Nothing is shown, and so nothing signed, of a text that is not understood to its last character."""
    says.text = text_of().replace("purpose: sign-in", "purpose: contract")
    assert person.read().status_code == 502
    assert "Nothing was signed." in person.text


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://evil.example/#v=1&issuer=https://evil.example&code=BCDF-GHJK-LMNP", "does not know"),
        ("something else", "This is not a code of a sign-in page."),
        (LINK.replace("v=1", "v=9"), "newer version"),
    ],
)
def test_attack_a_link_leads_elsewhere(person: Person, says: Says, link: str, words: str) -> None:
    assert person.read(link).status_code == 422
    assert words in person.text
    assert says.heard == []


def test_what_the_provider_refuses_is_told_in_words(person: Person, wallet: Wallet, says: Says) -> None:
    person.read()
    says.fails = Refused("licence_refused", rule="revoked", message="This licence was revoked.")
    person.confirm(wallet)
    assert 'data-kind="licence_refused"' in person.text
    assert "This licence was revoked." in person.text


def test_who_cannot_be_reached_is_asked_again(person: Person, wallet: Wallet, says: Says) -> None:
    person.read()
    says.fails = Refused("unreachable")
    person.confirm(wallet)
    assert "The service cannot be reached." in person.text
    says.fails = None
    person.confirm(wallet)
    assert "0417" in person.text


def test_a_picture_without_a_code(person: Person) -> None:
    person.post("/read", picture=(BytesIO(b"nothing"), "picture.png"))
    assert "There is no QR code to be seen in the picture." in person.text


def test_attack_another_page_has_the_app_confirm(person: Person, wallet: Wallet) -> None:
    person.read()
    held, name = person.at, next(iter(wallet)).name
    fields = {"decision": "confirm", "licence": name, "pin": PIN}
    answer = person.client.post(held, base_url=f"http://{HOST}", data=fields)
    assert answer.status_code == 403
    assert person.get("/", host="evil.example:8003").status_code == 421


def test_a_request_is_forgotten(person: Person, clock: FakeClock) -> None:
    person.read()
    clock.advance(301)
    assert person.get(person.at).status_code == 404


def test_the_page_for_a_link_on_this_device(person: Person) -> None:
    assert "A page on this device asks" in person.get("/open").get_data(as_text=True)
    assert "script-src 'self'" in person.page.headers["Content-Security-Policy"]
