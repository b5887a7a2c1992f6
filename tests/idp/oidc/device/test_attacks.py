"""What is tried against the device grant (RFC 8628 section 5, RFC 10027, RFC 9700)."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp import sessions
from idp.oidc.clients.fields.device import DEVICE_CODE
from idp.oidc.device import user_codes, verification
from idp.oidc.device.verification import WrongCode, coarse
from idp.oidc.http import Response
from idp.oidc.interaction import InteractionExpired, InteractionForeign
from idp.oidc.token.offline_grants import OfflineGrant
from tests.idp.oidc.clients.signing import new_key
from tests.idp.oidc.device.kiosk import HALL, SPA, Kiosk, Phone, error, register, said
from tests.idp.oidc.token.proving import proof
from tests.idp.oidc.world import World, fields_of

GUESSES = map("".join, itertools.product(user_codes.ALPHABET, repeat=user_codes.LENGTH))


def test_attack_a_device_code_is_used_by_another_client(world: World, kiosk: Kiosk, phone: Phone) -> None:
    """RFC 8628 section 3.4; its own client goes on."""
    register(world, HALL)
    world.sign_in()
    kiosk.ask()
    phone.approve(kiosk.user_code)
    thief = Kiosk(world, HALL, kiosk.codes)
    assert error(thief.poll()) == "invalid_grant"
    assert kiosk.poll().status == 200


def test_attack_a_device_code_is_replayed(world: World, kiosk: Kiosk, phone: Phone) -> None:
    """RFC 9700 section 4.5, as for a code: what it gave has ended."""
    world.sign_in()
    kiosk.ask()
    phone.approve(kiosk.user_code)
    found = said(kiosk.poll())
    assert world.userinfo(found["access_token"]).status == 200
    assert error(kiosk.poll()) == "invalid_grant"
    assert world.userinfo(found["access_token"]).status == 401
    assert len(world.events("code_replayed")) == 1


def test_attack_many_polls_at_once(world: World, kiosk: Kiosk, phone: Phone) -> None:
    """One of them gets tokens; the others are replays, and end what it gave."""
    world.sign_in()
    kiosk.ask()
    phone.approve(kiosk.user_code)
    barrier = Barrier(8)

    def poll(_: int) -> Response:
        barrier.wait()
        return kiosk.poll(after=0)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(poll, range(8)))
    (won,) = [answer for answer in answers if answer.status == 200]
    assert {error(answer) for answer in answers if answer is not won} == {"invalid_grant"}
    assert len(world.events("token_issued")) == 1
    assert world.userinfo(said(won)["access_token"]).status == 401


def test_attack_a_device_code_is_replayed_after_its_refresh_token_was_made(
    world: World, phone: Phone
) -> None:
    register(world, HALL)
    kiosk = Kiosk(world, HALL)
    world.sign_in()
    kiosk.ask(scope="openid offline_access")
    phone.approve(kiosk.user_code)
    found = said(kiosk.poll())
    world.clock.advance(24 * 3600)
    assert error(kiosk.poll()) == "invalid_grant"
    form: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": found["refresh_token"]}
    assert error(kiosk.post("/oauth2/token", form)) == "invalid_grant"
    with world.provider.sessions() as session:
        assert session.query(OfflineGrant).count() == 0


def test_attack_user_codes_are_guessed_in_one_browser(world: World, kiosk: Kiosk, phone: Phone) -> None:
    """RFC 8628 section 5.1: a few tries, then waits that double, in which no code is looked at."""
    kiosk.ask()
    tried = 0
    for guess in itertools.islice(GUESSES, 100):
        with pytest.raises(WrongCode) as refused:
            phone.enter(guess)
        tried += refused.value.was_tried
    assert tried < 10
    with pytest.raises(WrongCode) as refused:
        phone.enter(kiosk.user_code)
    assert refused.value.seconds > 0
    world.clock.advance(refused.value.seconds)
    assert phone.enter(kiosk.user_code)
    assert len(world.events("user_code_refused")) == 101


def test_attack_user_codes_are_guessed_in_many_browsers_of_one_address(world: World, kiosk: Kiosk) -> None:
    """No cookie is kept, or a new one each time: the address has its own budget, and IPv6 its network."""
    kiosk.ask()
    tried = 0
    for number, guess in enumerate(itertools.islice(GUESSES, 120)):
        phone = Phone(world, f"browser {number}", f"2001:db8::{number:x}")
        with pytest.raises(WrongCode) as refused:
            phone.enter(guess)
        tried += refused.value.was_tried
    assert tried <= 52


def test_attack_good_codes_of_ones_own_do_not_buy_guesses(world: World, kiosk: Kiosk, phone: Phone) -> None:
    tried = 0
    for guess in itertools.islice(GUESSES, 30):
        kiosk.ask()
        try:
            phone.enter(kiosk.user_code)
            phone.enter(guess)
        except WrongCode as wrong:
            tried += wrong.was_tried
    assert tried < 10


def test_attack_a_kiosk_hall_is_flooded_with_requests(world: World, kiosk: Kiosk) -> None:
    """Whoever borrows a public client's name: a bounded number from one address."""
    limit = world.provider.device.requests_per_address_per_hour
    statuses = [kiosk.ask().status for _ in range(limit + 1)]
    assert statuses == [200] * limit + [429]
    world.clock.advance(3600)
    assert kiosk.ask().status == 200


def test_attack_the_swindler_waits_and_the_victim_is_told_who_asks_since_when_and_where(
    world: World, kiosk: Kiosk
) -> None:
    """RFC 8628 section 5.4: cross-device consent phishing."""
    kiosk.ask()
    world.clock.advance(200)
    far, near = Phone(world, "far", "198.51.100.7"), Phone(world, "near", "192.0.2.2")
    asked = far.question(kiosk.user_code)
    assert (asked.client.client_id, asked.place, asked.is_same_network) == (SPA, "192.0.*.*", False)
    assert (world.clock() - asked.waiting.asked_at).total_seconds() == 200
    assert near.question(kiosk.user_code).is_same_network


@pytest.mark.parametrize(
    ("address", "shown"),
    [("203.0.113.9", "203.0.*.*"), ("2001:db8:1:2::9", "2001:db8:*"), ("", ""), ("no address", "")],
)
def test_strangers_see_an_address_coarsely(address: str, shown: str) -> None:
    assert coarse(address) == shown


def test_attack_an_entry_or_an_interaction_is_put_into_another_browser(
    world: World, kiosk: Kiosk, phone: Phone
) -> None:
    """Session fixation: what one browser began, no other goes on with."""
    victim = Phone(world, "the victim's browser")
    world.sign_in()
    kiosk.ask()
    entry = phone.enter(kiosk.user_code)
    with pytest.raises(InteractionForeign):
        verification.question(world.provider, victim.request(), entry, victim.browser)
    interaction_id = phone.confirm(kiosk.user_code)
    with pytest.raises(InteractionForeign):
        victim.resume(interaction_id)
    assert error(kiosk.poll()) == "authorization_pending"


def test_attack_two_browsers_answer_one_code(world: World, kiosk: Kiosk, phone: Phone) -> None:
    """The first is heard; the second is told so and changes nothing."""
    world.sign_in()
    kiosk.ask()
    other = Phone(world, "another browser")
    first, second = phone.confirm(kiosk.user_code), other.confirm(kiosk.user_code)
    phone.agree(first)
    with pytest.raises(InteractionExpired):
        other.cancel(second)
    assert kiosk.poll().status == 200
    assert world.events("authorization_denied") == []


def test_attack_an_answered_code_is_entered_again(world: World, kiosk: Kiosk, phone: Phone) -> None:
    """RFC 8628 section 5.2, RFC 10027: good once. Nobody is told that it was one."""
    world.sign_in()
    kiosk.ask()
    phone.approve(kiosk.user_code)
    with pytest.raises(WrongCode):
        phone.enter(kiosk.user_code)


def test_attack_an_entry_is_used_twice(world: World, kiosk: Kiosk, phone: Phone) -> None:
    kiosk.ask()
    asked = phone.question(kiosk.user_code)
    verification.go_on(world.provider, asked, phone.browser)
    with pytest.raises(InteractionExpired):
        verification.go_on(world.provider, asked, phone.browser)


def test_attack_who_signed_out_meanwhile_leaves_nothing_to_fetch(
    world: World, kiosk: Kiosk, phone: Phone
) -> None:
    """Minutes may lie between the answer and the poll."""
    world.sign_in()
    kiosk.ask()
    phone.approve(kiosk.user_code)
    with world.provider.sessions.begin() as session:
        sessions.end_all_of(session, world.person_id, world.clock())
    assert error(kiosk.poll()) == "invalid_grant"
    assert world.events("token_issued") == []


def test_a_device_with_a_key_gets_bound_tokens(world: World, kiosk: Kiosk, phone: Phone) -> None:
    """RFC 9449 section 5: the grant type does not matter."""
    world.sign_in()
    kiosk.ask()
    phone.approve(kiosk.user_code)
    form: dict[str, str | None] = {"grant_type": DEVICE_CODE, "device_code": kiosk.device_code}
    found = kiosk.post("/oauth2/token", form, dpop=proof(world, new_key()))
    assert said(found)["token_type"] == "DPoP"


def test_attack_a_swindler_reads_the_answer_page(world: World, kiosk: Kiosk, phone: Phone) -> None:
    """Nothing that a browser is given, or that the log keeps, is the device_code."""
    world.sign_in()
    kiosk.ask()
    done = phone.approve(kiosk.user_code)
    assert kiosk.device_code not in repr(done)
    assert set(fields_of(done)) == {"interaction", "outcome"}
