from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from idp.login.factors.passkey import CHALLENGE_SECONDS, PasskeyRefused, Passkeys
from idp.people.models import PasskeyCredential
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.login.authenticator import Authenticator

ORIGIN = "http://localhost:8000"


@dataclass
class Place:
    passkeys: Passkeys
    clock: FakeClock


@pytest.fixture
def place() -> Place:
    clock = FakeClock()
    return Place(Passkeys(MemoryStore(clock), ORIGIN), clock)


def bind(place: Place, device: Authenticator, browser: str = "b1") -> PasskeyCredential:
    options = place.passkeys.creation_options(browser, handle="person-1", name="*三", existing=[])
    bound = place.passkeys.bound(device.create(options), browser, handle="person-1", label="A key")
    return PasskeyCredential(
        id="p1",
        person_id="person-1",
        credential_id=bound.credential_id,
        public_key=bound.public_key,
        sign_count=bound.sign_count,
        bound_level=2,
        label="",
        transports=list(bound.transports),
        backed_up=bound.backed_up,
        created_at=datetime.now(UTC),
    )


def refusal(action: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(PasskeyRefused) as caught:
        action(*arguments, **named)
    return caught.value.reason


def test_a_bound_passkey_signs_in(place: Place) -> None:
    device = Authenticator(ORIGIN)
    stored = bind(place, device)
    answer = device.get(place.passkeys.request_options("b1"))
    assert place.passkeys.credential_id(answer) == stored.credential_id
    used = place.passkeys.used(answer, "b1", stored)
    assert used.sign_count == 1
    assert used.amr == ("hwk", "user")


def test_a_synced_passkey_is_a_software_secured_key(place: Place) -> None:
    device = Authenticator(ORIGIN, synced=True)
    stored = bind(place, device)
    assert stored.backed_up
    used = place.passkeys.used(device.get(place.passkeys.request_options("b1")), "b1", stored)
    assert used.amr == ("swk", "user")


def test_options_name_no_credential_and_ask_for_the_user(place: Place) -> None:
    options = place.passkeys.request_options("b1")
    assert not options.get("allowCredentials")
    assert options["userVerification"] == "required"
    assert options["rpId"] == "localhost"


def test_a_challenge_counts_once(place: Place) -> None:
    device = Authenticator(ORIGIN)
    stored = bind(place, device)
    answer = device.get(place.passkeys.request_options("b1"))
    place.passkeys.used(answer, "b1", stored)
    assert refusal(place.passkeys.used, answer, "b1", stored) == "expired"


def test_a_challenge_of_another_browser_is_refused(place: Place) -> None:
    device = Authenticator(ORIGIN)
    stored = bind(place, device)
    answer = device.get(place.passkeys.request_options("b1"))
    assert refusal(place.passkeys.used, answer, "b2", stored) == "expired"


def test_a_challenge_expires(place: Place) -> None:
    device = Authenticator(ORIGIN)
    stored = bind(place, device)
    answer = device.get(place.passkeys.request_options("b1"))
    place.clock.advance(CHALLENGE_SECONDS)
    assert refusal(place.passkeys.used, answer, "b1", stored) == "expired"


def test_a_challenge_for_binding_signs_nobody_in(place: Place) -> None:
    device = Authenticator(ORIGIN)
    stored = bind(place, device)
    options = place.passkeys.creation_options("b1", handle="person-1", name="*", existing=[])
    request = {"rpId": "localhost", "challenge": options["challenge"]}
    assert refusal(place.passkeys.used, device.get(request), "b1", stored) == "expired"


def test_a_device_that_does_not_verify_its_user_is_refused(place: Place) -> None:
    stored = bind(place, device := Authenticator(ORIGIN))
    device.flags &= ~0x04
    answer = device.get(place.passkeys.request_options("b1"))
    assert refusal(place.passkeys.used, answer, "b1", stored) == "wrong"


def test_another_origin_is_refused(place: Place) -> None:
    stored = bind(place, device := Authenticator(ORIGIN))
    device.origin = "http://localhost.example"
    answer = device.get(place.passkeys.request_options("b1"))
    assert refusal(place.passkeys.used, answer, "b1", stored) == "wrong"


def test_an_unknown_credential_is_refused(place: Place) -> None:
    device = Authenticator(ORIGIN)
    answer = device.get(place.passkeys.request_options("b1"))
    assert refusal(place.passkeys.used, answer, "b1", None) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"response": {}}',
        '{"response": {"clientDataJSON": 3}}',
        '{"response": {"clientDataJSON": "bnVsbA"}}',
        "[" * 5000,
        "x" * 30_000,
    ],
)
def test_nonsense_is_refused(place: Place, text: str) -> None:
    assert refusal(place.passkeys.bound, text, "b1", handle="person-1", label="A key") == "malformed"
    assert refusal(place.passkeys.used, text, "b1", None) == "malformed"
