"""The register behind HTTP: the contract that docs/business-register.openapi.yaml describes.

An answer that breaks the contract is the same as no answer: nobody acts for an organisation on half a record.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from idp.business import names
from idp.business.organisation_kinds import (
    REGISTERED_STATUSES,
    OrganisationStatus,
    OrganisationType,
    type_of_category,
)
from idp.business.registry.contract import LegalRepresentative, RegisteredOrganisation, RegisterUnavailable
from idp.outbound.json_service import JsonService, ServiceUnavailable
from idp.people import names as people_names
from idp.people.documents import identify
from idp.people.resident_number import InvalidNumber


class HttpBusinessRegister:
    def __init__(self, service: JsonService, today: Callable[[], date]) -> None:
        """`today`: the day in China, by which numbers of legal representatives are read."""
        self._service = service
        self._today = today

    def look_up(self, code: str) -> RegisteredOrganisation | None:
        read = partial(_read_organisation, code=code, today=self._today())
        try:
            return self._service.ask("organisations", {"code": code}, read)
        except ServiceUnavailable as problem:
            raise RegisterUnavailable(str(problem)) from None


def _read_organisation(answer: Any, *, code: str, today: date) -> RegisteredOrganisation:
    if answer["code"] != code:
        raise ValueError("the answer is about another organisation")
    status = OrganisationStatus(answer["status"])
    if status not in REGISTERED_STATUSES:
        raise ValueError("a register cannot say that it misses what it is asked about")
    told = answer.get("type")
    kind = type_of_category(code[:2]) if told is None else OrganisationType(told)
    representative = answer["legal_representative"]
    return RegisteredOrganisation(
        code=code,
        name=names.normalise(_text(answer["name"])),
        type=kind or OrganisationType.OTHER,
        status=status,
        representative=None if representative is None else _read_representative(representative, today),
    )


def _read_representative(answer: Any, today: date) -> LegalRepresentative:
    name = people_names.normalise(_text(answer["name"]))
    number = answer.get("number")
    return LegalRepresentative(name, None if number is None else _known_number(_text(number), today))


def _known_number(text: str, today: date) -> str | None:
    """Registers hold passports and typing mistakes too; nobody signs in here with those."""
    try:
        return identify(text, today).number.value
    except InvalidNumber:
        return None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
