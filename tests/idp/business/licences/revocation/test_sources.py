"""Who is asked, how often, and what holds when nobody can be."""

from datetime import timedelta

import pytest
from cryptography.x509 import ocsp

from idp.business.licences.refusals import Rule
from idp.business.licences.revocation.fetching import FETCHES_AT_MOST, Fetcher, FetchLimits
from idp.business.licences.revocation.findings import SourceFailed
from idp.outbound import Outbound
from tests.idp.business.licences.revocation.responder import Responder
from tests.idp.business.licences.world import (
    CRL_ORIGIN,
    HARDWARE,
    NOW,
    OCSP_ORIGIN,
    Held,
    Internet,
    World,
    crl,
    licence_extensions,
    points,
    policies,
    refusals,
    responder_at,
)

ADDRESS = f"{OCSP_ORIGIN}/ask"
LIST, LIST_OF_ROOT = f"{CRL_ORIGIN}/issuing.crl", f"{CRL_ORIGIN}/root.crl"


def with_both(world: World) -> Held:
    return world.licence(more=[(responder_at(ADDRESS), False)])


def test_what_is_known_is_asked_once_an_hour() -> None:
    world = World()
    for _ in range(3):
        assert world.examine(world.licence()).licence
    assert sorted(world.internet.asked) == [LIST, LIST_OF_ROOT]
    world.clock.advance(3599)
    assert world.examine(world.licence()).licence
    assert len(world.internet.asked) == 2
    world.clock.advance(1)
    assert world.examine(world.licence()).licence
    assert len(world.internet.asked) == 4


def test_processes_share_what_is_known() -> None:
    world = World()
    assert world.examine(world.licence()).licence
    world.checker = world.new_checker()
    assert world.examine(world.licence()).licence
    assert len(world.internet.asked) == 2
    # A process that read it late holds it no longer than the others.
    world.clock.advance(3600)
    assert world.examine(world.licence()).licence
    assert len(world.internet.asked) == 4


def test_what_was_good_is_not_good_for_longer_when_nobody_can_be_asked() -> None:
    world = World()
    assert world.examine(world.licence()).licence
    world.internet.pages.clear()
    world.clock.advance(3599)
    assert world.examine(world.licence()).licence
    world.clock.advance(1)
    assert refusals(world.examine(world.licence())) == {Rule.REVOCATION}


def test_a_list_is_used_no_longer_than_it_says() -> None:
    world = World()
    world.internet.pages[LIST] = crl(world.issuing, hours=(-1, 0.5))
    assert world.examine(world.licence()).licence
    world.internet.pages[LIST] = crl(world.issuing, 2000)
    world.clock.advance(1799)
    assert world.examine(world.licence()).licence
    world.clock.advance(1)
    assert refusals(world.examine(world.licence())) == {Rule.REVOKED}


def test_attack_a_list_of_before_the_revocation_is_played_back() -> None:
    """Lists come over plain http and are good for days: whoever stands on the way may have kept one."""
    world = World()
    former = world.internet.pages[LIST]
    assert world.examine(world.licence()).licence
    world.clock.advance(3600)
    world.internet.pages[LIST] = crl(world.issuing, 2000, now=world.clock())
    assert refusals(world.examine(world.licence())) == {Rule.REVOKED}
    for _ in range(2):
        world.clock.advance(3600)
        world.internet.pages[LIST] = former
        world.checker = world.new_checker()
        assert refusals(world.examine(world.licence())) == {Rule.REVOCATION}
    # The same list again is none of before.
    world.internet.pages[LIST] = crl(world.issuing, now=world.clock())
    for _ in range(2):
        assert world.examine(world.licence()).licence
        world.clock.advance(3600)


def test_an_answer_is_kept_and_verified_again_when_it_is_used() -> None:
    world = World("sm2")
    world.internet.pages[ADDRESS] = Responder(world.issuing, world.issuing)
    held = with_both(world)
    for _ in range(2):
        assert world.examine(held).licence
    assert world.internet.asked.count(ADDRESS) == 1
    assert LIST not in world.internet.asked
    (kept,) = [one for one in world.store._entries if one.startswith("licence-ocsp:")]
    value = world.store.get(kept)
    assert value is not None
    world.store.put(kept, value.replace(b"\x30", b"\x31"), seconds=60)
    assert world.examine(held).licence
    assert world.internet.asked.count(ADDRESS) == 2


def test_a_revocation_is_remembered() -> None:
    world = World()
    world.internet.pages[ADDRESS] = Responder(
        world.issuing, world.issuing, status=ocsp.OCSPCertStatus.REVOKED
    )
    held = with_both(world)
    for _ in range(2):
        assert refusals(world.examine(held)) == {Rule.REVOKED}
    assert world.internet.asked.count(ADDRESS) == 1


def test_attack_an_answer_of_before_the_revocation_is_played_back() -> None:
    """Not every responder sends nonces back, and what it said is good for days by its own dates."""
    world = World()
    held, next_update = with_both(world), NOW + timedelta(days=3)
    former = Responder(world.issuing, world.issuing, next_update=next_update, nonce=lambda _asked: None)
    world.internet.pages[ADDRESS] = former
    assert world.examine(held).licence
    world.clock.advance(3600)
    revoked = former.but(status=ocsp.OCSPCertStatus.REVOKED, this_update=world.clock())
    world.internet.pages[ADDRESS] = revoked
    assert refusals(world.examine(held)) == {Rule.REVOKED}
    # Nobody is to say otherwise by the list, either.
    del world.internet.pages[LIST]
    for _ in range(2):
        world.clock.advance(3600)
        world.internet.pages[ADDRESS] = former
        assert refusals(world.examine(held)) == {Rule.REVOCATION}
    # One that was on hold may be good again, by a later word.
    world.internet.pages[ADDRESS] = former.but(this_update=world.clock())
    assert world.examine(held).licence


def test_the_list_is_looked_up_when_the_responder_does_not_say() -> None:
    world = World()
    assert world.examine(with_both(world)).licence
    world.internet.pages[LIST] = crl(world.issuing, 2000)
    other = World()
    other.internet.pages[LIST] = crl(other.issuing, 2000)
    assert refusals(other.examine(with_both(other))) == {Rule.REVOKED}


def test_what_the_responder_says_is_not_overruled_by_a_list() -> None:
    world = World()
    world.internet.pages[ADDRESS] = Responder(
        world.issuing, world.issuing, status=ocsp.OCSPCertStatus.REVOKED
    )
    assert refusals(world.examine(with_both(world))) == {Rule.REVOKED}


@pytest.mark.parametrize("hardware", [True, False])
def test_where_the_operator_lets_it_pass_the_level_is_lower(hardware: bool) -> None:
    world = World(when_unknown="accept_lower")
    world.internet.pages.clear()
    more = [(policies(HARDWARE), False)] if hardware else []
    found = world.examine(world.licence(more=more)).accepted()
    assert (found.level, found.revocation_is_known) == (2, False)


def test_a_revoked_one_never_passes() -> None:
    world = World(when_unknown="accept_lower")
    world.internet.pages = {LIST: crl(world.issuing, 2000)}
    assert refusals(world.examine(world.licence())) == {Rule.REVOKED}


def test_a_licence_that_names_nobody_to_ask_is_of_unknown_standing() -> None:
    world = World()
    found = world.examine(world.licence(extensions=licence_extensions(crl=None)))
    assert refusals(found) == {Rule.REVOCATION}


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x",
        "http://169.254.169.254/latest/meta-data",
        "http://crl.example:81/issuing.crl",
        "https://crl.example/issuing.crl",
        "http://crl.example@evil.example/issuing.crl",
        "http://crl.example.evil.example/issuing.crl",
        "file:///etc/passwd",
        "ldap://crl.example/cn=x",
        "http://crl.example/a#b",
        "",
    ],
)
def test_server_side_request_forgery_by_an_address_in_a_certificate(address: str) -> None:
    """Only what the operator names is asked, whoever signed the certificate."""
    world = World()
    extensions = [*licence_extensions(crl=None), (points(address), False), (responder_at(address), False)]
    assert refusals(world.examine(world.licence(extensions=extensions))) == {Rule.REVOCATION}
    assert [one for one in world.internet.asked if one != LIST_OF_ROOT] == []


def test_nothing_is_fetched_for_a_licence_that_fails_before() -> None:
    world = World()
    assert refusals(world.examine(world.licence(days=(-9, -1)))) == {Rule.VALIDITY}
    assert world.internet.asked == []


def test_one_licence_causes_so_many_fetches_at_most() -> None:
    internet = Internet({f"{CRL_ORIGIN}/": b"x"})
    fetcher = Fetcher(internet, (CRL_ORIGIN,))  # type: ignore[arg-type]
    for _ in range(FETCHES_AT_MOST):
        fetcher.get(f"{CRL_ORIGIN}/")
    with pytest.raises(SourceFailed, match="more addresses"):
        fetcher.post(f"{CRL_ORIGIN}/", b"")
    assert len(internet.asked) == FETCHES_AT_MOST


def test_the_real_client_says_what_is_wrong() -> None:
    allow = ("http://127.0.0.1:9",)
    fetcher = Fetcher(Outbound(FetchLimits(allow, 1.0)), allow)
    with pytest.raises(SourceFailed, match="cannot be reached"):
        fetcher.get("http://127.0.0.1:9/x")
