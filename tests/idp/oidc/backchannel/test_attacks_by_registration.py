"""Where a client says that it wants to be told, and what of its registration contradicts itself."""

import json

import pytest

from idp.oidc.clients.fields.backchannel import CIBA
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.outbound import AddressRefused
from tests.idp.oidc.backchannel.desk import TOLD_AT, Desk
from tests.idp.oidc.world import HALL, World


@pytest.mark.parametrize(
    "uri",
    [
        "http://hall.example/told",
        "http://localhost/told",
        "https://user@hall.example/told",
        "https://hall.example/told#part",
        "https://hall.example/to ld",
        "file:///etc/passwd",
        "javascript:1",
        "/told",
        "",
    ],
)
def test_attack_a_notification_endpoint_that_nobody_should_be_told_at(uri: str) -> None:
    fields = {
        "client_id": HALL,
        "sector": "hall.example",
        "client_name": "Hall",
        "grant_types": [CIBA],
        "backchannel_token_delivery_mode": "ping",
    }
    assert read({**fields, "backchannel_client_notification_endpoint": TOLD_AT[HALL]})
    with pytest.raises(MetadataRefused):
        read({**fields, "backchannel_client_notification_endpoint": uri})


@pytest.mark.parametrize(
    "changes",
    [
        {"token_endpoint_auth_method": "none"},
        {"grant_types": ["client_credentials"]},
        {"backchannel_token_delivery_mode": "shout"},
        {"backchannel_token_delivery_mode": None},
        {"backchannel_token_delivery_mode": "ping"},
        {"backchannel_token_delivery_mode": "push", "dpop_bound_access_tokens": True},
        {"backchannel_client_notification_endpoint": TOLD_AT[HALL]},
        {"backchannel_user_code_parameter": True},
        {"backchannel_authentication_request_signing_alg": "ES256"},
        {"backchannel_authentication_request_signing_alg": "none"},
    ],
)
def test_registrations_that_contradict_themselves_are_refused(changes: dict[str, object]) -> None:
    fields: dict[str, object] = {
        "client_id": HALL,
        "sector": "hall.example",
        "client_name": "Hall",
        "grant_types": [CIBA],
        "backchannel_token_delivery_mode": "poll",
    }
    assert read(fields)
    if changes.get("backchannel_token_delivery_mode") == "push":
        changes["backchannel_client_notification_endpoint"] = TOLD_AT[HALL]
    with pytest.raises(MetadataRefused):
        read({**fields, **changes})


@pytest.mark.parametrize(
    "uri",
    ["https://127.0.0.1/told", "https://10.1.2.3/told", "https://[::1]/told", "https://169.254.169.254/"],
)
def test_attack_a_notification_endpoint_in_our_own_network(world: World, uri: str) -> None:
    """The guarded client refuses it, whatever was registered: nothing of ours is asked."""
    desk = Desk(world, mode="ping", fields={"backchannel_client_notification_endpoint": uri})
    desk.asked(desk.sub())
    desk.approve(desk.waiting()[0])
    from idp.outbound import Outbound
    from idp.settings import load

    outbound = Outbound(load({}).outbound.model_copy(update={"allow": ()}))
    desk.notifications.post = lambda uri, body, headers: outbound.post(uri, body, headers=headers)
    with pytest.raises(AddressRefused):
        outbound.post(uri, b"{}")
    assert desk.drain().died == 1
    assert json.loads(world.events("notification_failed")[0].payload)["reason"] == "address-refused"
