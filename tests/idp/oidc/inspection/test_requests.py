"""Where the parameters of a request stood, and who it says that it comes from."""

import pytest

from idp.oidc.authorize import endpoint
from idp.oidc.authorize.addressing import Shown
from idp.oidc.http import FORM, Parameters, Request
from idp.oidc.inspection.requests import claimed_client, seen
from tests.idp.doctor.patient import body, change
from tests.idp.oidc.clients.signing import claims_of, new_key, signed
from tests.idp.oidc.world import BROWSER, HALL, SECRETS, World, basic, fields_of, parameters

ASKED = parameters({"client_id": HALL, "scope": "openid"})


def places(request: Request, given: Parameters | None = None) -> dict[str, str]:
    return {one.name: one.place for one in seen(request, None, HALL, given).parameters}


def test_what_stands_in_the_address_is_not_called_pushed() -> None:
    request = Request("GET", "/oauth2/authorize", query=ASKED)
    assert places(request, ASKED) == {"client_id": "query", "scope": "query"}


def test_what_was_pushed_counts_instead_of_what_stands_beside_it() -> None:
    request = Request(
        "GET", "/oauth2/authorize", query=parameters({"client_id": HALL, "scope": "openid age"})
    )
    assert places(request, ASKED) == {"client_id": "query", "scope": "object"}
    [scope] = [one for one in seen(request, None, HALL, ASKED).parameters if one.name == "scope"]
    assert scope.value == "openid"


def test_of_a_posted_request_the_parameters_are_those_that_were_posted(world: World) -> None:
    form = parameters({"client_id": "nobody", "redirect_uri": "https://nobody.example/"})
    posted = Request("POST", endpoint.PATH, form=form, content_type=FORM, address="192.0.2.1")
    led = endpoint.authorize(world.provider, posted, BROWSER)
    again = world.get(endpoint.PATH, fields_of(led))  # type: ignore[arg-type]
    with pytest.raises(Shown) as raised:
        endpoint.authorize(world.provider, again, BROWSER)
    found = places(again, raised.value.given)
    assert found["client_id"] == found["redirect_uri"] == "object"


def test_what_was_pushed_is_shown_with_an_error_after_it(world: World) -> None:
    asked = {name: values[0] for name, values in world.authorization(HALL).query.values.items()}
    header = basic(HALL, SECRETS[HALL])
    request_uri = body(world.post("/oauth2/par", {**asked, "client_id": None}, authorization=header))[
        "request_uri"
    ]
    change(world, HALL, redirect_uris=["https://moved.example/"])
    again = world.get(endpoint.PATH, {"client_id": HALL, "request_uri": request_uri})
    with pytest.raises(Shown) as raised:
        endpoint.authorize(world.provider, again, BROWSER)
    assert places(again, raised.value.given)["redirect_uri"] == "object"


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ({"authorization": basic("hall", "x")}, {}),
        ({}, {"client_id": "hall"}),
        ({}, {"client_assertion": "assertion"}),
    ],
)
def test_who_a_request_says_it_comes_from(
    world: World, headers: dict[str, str], form: dict[str, str | None]
) -> None:
    if "client_assertion" in form:
        form = {"client_assertion": signed(new_key(), claims_of(HALL, world.clock()))}
    assert claimed_client(Request("POST", "/oauth2/token", headers, form=parameters(form))) == HALL


@pytest.mark.parametrize("header", ["Basic !", "Basic aGFsbA==", "Bearer x", "Basic", ""])
def test_a_header_that_says_nothing_names_nobody(header: str) -> None:
    given = {"client_assertion": "a.b"}
    request = Request("POST", "/oauth2/token", {"authorization": header}, form=parameters(dict(given)))
    assert claimed_client(request) is None
