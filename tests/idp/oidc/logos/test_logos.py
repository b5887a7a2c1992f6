"""From a registration to the consent page: fetched by the worker, kept with a digest, served from here."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.oidc.clients.metadata import read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.logos import keeping
from idp.oidc.logos.fetching import Logos
from idp.oidc.logos.models import ClientLogo
from idp.oidc.registration import records
from idp.outbound import AddressRefused, Answer, Outbound, Unreachable
from idp.settings import Settings
from idp.storage import outbox
from tests.idp.oidc.logos.pictures import SVG, picture
from tests.idp.oidc.test_views import ORIGIN, consent_page, person
from tests.idp.oidc.world import HALL, World

__all__ = ["person"]

LOGO = "https://hall.example/logo.png"
Pages = dict[str, Callable[[], Answer]]


def registered(world: World, *uris: str) -> None:
    """As a manifest or a registration does it."""
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        names = ("", "zh-CN", "zh-Hant", "en")
        localized = {**record.metadata_json["localized"], "logo_uri": dict(zip(names, uris, strict=False))}
        record.metadata_json = {**record.metadata_json, "localized": localized}
        metadata = read(
            {"client_id": HALL, "sector": "hall.example", "client_name": "Hall", "redirect_uris": [ORIGIN]}
        )
        keeping.want(session, metadata.model_copy(update={"localized": localized}), world.clock())
    world.provider.clients.forget(HALL)


def drained(world: World, pages: Mapping[str, Callable[[], Answer]]) -> outbox.Drained:
    asked: list[str] = []

    def get(uri: str, timeout_seconds: float) -> Answer:
        asked.append(uri)
        return pages[uri]()

    handler = Logos(clock=world.clock, sessions=world.provider.sessions, get=get)
    return outbox.drain(world.provider.sessions, {keeping.KIND: handler}, world.clock)


def answers(body: bytes, status: int = 200) -> Callable[[], Answer]:
    return lambda: Answer(status, {}, body)


def fails(error: Exception) -> Callable[[], Answer]:
    def get() -> Answer:
        raise error

    return get


def rows(world: World) -> list[Any]:
    with Session(world.engine) as session:
        return list(session.execute(select(ClientLogo.digest, ClientLogo.png)).all())


def test_a_logo_comes_to_the_page_from_here(person: FlaskClient, app_world: World) -> None:
    registered(app_world, LOGO)
    assert "client-logo" not in consent_page(person).text
    assert drained(app_world, {LOGO: answers(picture())}).delivered == 1
    page = consent_page(person)
    ((name, png),) = rows(app_world)
    assert f'src="/oauth2/logo/{name}.png"' in page.text
    assert "hall.example/logo" not in page.text
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    served = person.get(f"/oauth2/logo/{name}.png", base_url=ORIGIN)
    assert served.data == png
    assert served.headers["Content-Type"] == "image/png"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in served.headers["Content-Security-Policy"]
    assert [event.client_id for event in app_world.events("client_logo_changed")] == [HALL]


def test_a_picture_that_is_not_there_is_not_found(app: Flask) -> None:
    for name in ("a" * 43, "a", "..%2f..%2fetc"):
        assert app.test_client().get(f"/oauth2/logo/{name}.png", base_url=ORIGIN).status_code == 404


@pytest.mark.parametrize(
    "page",
    [answers(SVG), answers(b"", 404), fails(AddressRefused("not a public address")), answers(picture(4, 4))],
    ids=["svg", "not there", "of our own network", "too small"],
)
def test_what_is_no_logo_leaves_none_and_is_not_asked_for_again(
    world: World, page: Callable[[], Answer]
) -> None:
    registered(world, LOGO)
    assert drained(world, {LOGO: page}).delivered == 1
    assert rows(world) == [(None, None)]
    world.clock.advance(3600)
    assert drained(world, {}) == outbox.Drained()


def test_who_cannot_be_reached_is_asked_again(world: World) -> None:
    registered(world, LOGO)
    assert drained(world, {LOGO: fails(Unreachable("down"))}).put_off == 1
    world.clock.advance(10)
    assert drained(world, {LOGO: answers(b"", 503)}).put_off == 1
    world.clock.advance(20)
    assert drained(world, {LOGO: answers(picture())}).delivered == 1


def test_each_language_may_have_its_own_up_to_a_few(world: World) -> None:
    uris = [f"{LOGO}?{n}" for n in range(4)]
    registered(world, *uris)
    assert drained(world, {uri: answers(picture(100 + at)) for at, uri in enumerate(uris)}).delivered == 3


def test_another_address_drops_the_picture_of_the_last(world: World) -> None:
    registered(world, LOGO)
    drained(world, {LOGO: answers(picture())})
    other = LOGO + "?other"
    registered(world, other)
    assert rows(world) == []
    drained(world, {other: answers(picture(64, 64))})
    assert len(rows(world)) == 1


def test_an_address_that_was_changed_meanwhile_is_not_kept(world: World) -> None:
    registered(world, LOGO)

    def get() -> Answer:
        registered(world, LOGO + "?other")
        return Answer(200, {}, picture())

    drained(world, {LOGO: get, LOGO + "?other": answers(picture(64, 64))})
    assert len(rows(world)) == 1


def test_attack_a_logo_is_swapped_at_its_address_once_it_was_approved(world: World) -> None:
    """Neither time nor another change of the registration has the address asked again."""
    registered(world, LOGO)
    drained(world, {LOGO: answers(picture())})
    ((before, _),) = rows(world)
    world.clock.advance(8 * 86400)
    with world.provider.sessions.begin() as session:
        assert keeping.look_again(session, world.clock()) == 0
    other = f"{LOGO}?zh"
    registered(world, LOGO, other)
    done = drained(world, {LOGO: answers(picture(128, 128)), other: answers(picture(64, 64))})
    assert done.delivered == 2
    digests = [digest for digest, _png in rows(world)]
    assert len(digests) == 2
    assert before in digests


def test_where_no_logo_could_be_made_it_is_looked_at_again_each_week(world: World) -> None:
    registered(world, LOGO)
    drained(world, {LOGO: answers(SVG)})
    ((before, _),) = rows(world)
    for days, asked in ((6, 0), (1, 1), (0, 0)):
        world.clock.advance(days * 86400)
        with world.provider.sessions.begin() as session:
            assert keeping.look_again(session, world.clock()) == asked
    drained(world, {LOGO: answers(picture(128, 128))})
    ((after, _),) = rows(world)
    assert before != after


def test_a_client_takes_its_logos_along(world: World) -> None:
    registered(world, LOGO)
    drained(world, {LOGO: answers(picture())})
    with world.provider.sessions.begin() as session:
        context = AuditContext(at=world.clock() + timedelta(seconds=1), actor="operator")
        records.remove(session, HALL, records.BY_THE_OPERATOR, context=context)
    assert rows(world) == []


@pytest.mark.parametrize(
    "uri", ["https://127.0.0.1/logo.png", "https://169.254.169.254/logo.png", "http://localhost:9/logo.png"]
)
def test_attack_a_logo_of_our_own_network(world: World, configuration: Settings, uri: str) -> None:
    """The one guarded client asks for it; what it may not ask for is no logo, and not tried again."""
    guarded = Outbound(configuration.outbound)
    registered(world, uri)
    handler = Logos(
        clock=world.clock,
        sessions=world.provider.sessions,
        get=lambda uri, seconds: guarded.get(uri, timeout_seconds=seconds),
    )
    done = outbox.drain(world.provider.sessions, {keeping.KIND: handler}, world.clock)
    assert (done.delivered, done.put_off) == (1, 0)
    assert rows(world) == [(None, None)]
    (event,) = world.events("client_logo_changed")
    assert "address-refused" in event.payload
