"""Authorization details (RFC 9396), and what pages and claims look like."""

import json
from dataclasses import replace

from idp.oidc.authorize import endpoint, popup
from idp.oidc.http import Response
from idp.session_clients import MYSELF
from tests.contracts.advertised.moves import Metadata, error_of, part_of, tokens
from tests.idp.oidc.acting.hats import hats_of
from tests.idp.oidc.details.asked import FEE, MANDATE, RECORD, SIGNATURE, prepare, text, whole
from tests.idp.oidc.world import BROWSER, HALL, REDIRECT_URIS, World, path_of


def authorization_details(world: World, metadata: Metadata) -> None:
    examples = {one["type"]: one for one in (FEE, MANDATE, RECORD, SIGNATURE)}
    assert set(metadata["authorization_details_types_supported"]) == set(examples)
    prepare(world, accepted_parties=["citizen", "agent"])
    world.sign_in(level=3, method="face")
    hats = hats_of(world)
    mandate = hats.agent("tax_filing")
    for name in metadata["authorization_details_types_supported"]:
        asked = {"authorization_details": text(examples[name])}
        found = hats.tokens(mandate if name == "mandate" else MYSELF, prompt="select_account", **asked)
        whom = part_of(found["access_token"], 1).get("acting_for", {})
        by = {"mandate_id": whom["mandate_id"]} if name == "mandate" else {}
        assert found["authorization_details"] == [one | by for one in whole(examples[name])]
        assert part_of(found["access_token"], 1)["authorization_details"] == found["authorization_details"]
    refused = world.authorize(authorization_details=text(RECORD | {"type": "openid_credential"}))
    assert error_of(refused) == "invalid_authorization_details"


def displays(world: World, metadata: Metadata) -> None:
    """A popup's window stays with the page that opened it."""
    for display in (*metadata["display_values_supported"], "wap"):
        asked = world.authorization(display=display)
        opened = replace(asked, headers={**asked.headers, "referer": REDIRECT_URIS[HALL]})
        answer = endpoint.authorize(world.provider, opened, BROWSER)
        assert isinstance(answer, Response)
        assert path_of(answer) == "/login"
        assert (popup.OPENER_KEPT in answer.headers) == (display == "popup")
    assert error_of(world.authorize(display="hologram")) == "invalid_request"


def claims_locales(world: World, metadata: Metadata) -> None:
    """Asking for another language than those that there are is no error, and changes nothing."""
    world.sign_in()
    found = [
        json.loads(world.userinfo(tokens(world, claims_locales=asked)["access_token"]).body)
        for asked in (*metadata["claims_locales_supported"], "en fr-CA", None)
    ]
    assert all(claims == found[0] for claims in found)
    assert not any("#" in name for name in found[0])
