"""Details that a client asks for, and a world in which it may."""

import json
from pathlib import Path
from typing import Any

from idp.mandates import matters
from idp.oidc.clients.models import ClientResource
from idp.oidc.details.reading import canonical, read
from idp.oidc.details.types import load
from idp.settings import ROOT
from tests.contracts.advertised.moves import change
from tests.idp.oidc.world import HALL, TAX, World

DIRECTORY: Path = ROOT / "config" / "details"
TYPES = load(DIRECTORY, matters.labels(matters.load(ROOT / "config" / "matters")))
FEES, INSURANCE, SIGNATURES = (
    "urn:yitong:sandbox:fees",
    "urn:yitong:sandbox:social-insurance",
    "urn:yitong:sandbox:signatures",
)
FEE: dict[str, Any] = {
    "type": "payment_of_fee",
    "amount": {"currency": "CNY", "amount": "123.50"},
    "payee": "云岭市不动产登记中心",
    "fee": "不动产登记费",
}
RECORD: dict[str, Any] = {
    "type": "social_insurance_record",
    "from": "2025-01-01",
    "to": "2025-12-31",
    "datatypes": ["medical", "pension"],
}
MANDATE: dict[str, Any] = {"type": "mandate", "matter": "tax_filing"}
SIGNATURE: dict[str, Any] = {"type": "document_signature", "title": "租赁合同", "digest": "0a" * 32}


def text(*details: Any) -> str:
    return json.dumps(details, ensure_ascii=False)


def whole(*details: Any) -> list[dict[str, Any]]:
    """As tokens say it: with locations."""
    found: list[dict[str, Any]] = json.loads(canonical(read(text(*details), TYPES, TYPES.keys())))
    return found


def prepare(world: World, *, may_ask: tuple[str, ...] = tuple(TYPES), **registered: Any) -> World:
    """The hall may ask for these; the tax office serves fees and signatures, and the spa the rest."""
    change(world, HALL, authorization_details_types=list(may_ask), **registered)
    with world.provider.sessions.begin() as session:
        for uri, server in ((FEES, TAX), (SIGNATURES, TAX), (INSURANCE, "spa")):
            session.add(ClientResource(uri=uri, client_id=server))
    return world
