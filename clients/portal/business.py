"""For whom somebody may use a service: as themselves, for another person, or for an organisation.

Asked at each page, not at sign-in alone: somebody may act for others meanwhile, and mandates end.
"""

from datetime import datetime
from enum import StrEnum

from clients.portal.configuration import ORGANISATION, PERSON, Service
from clients.sdk import ActingFor

AGENT = "agent"


class Refusal(StrEnum):
    """Why not, as the texts name it."""

    FOR_YOURSELF = "for_yourself"
    FOR_ORGANISATIONS = "for_organisations"
    NOT_FOR_AGENTS = "not_for_agents"
    NOT_COVERED = "not_covered"


def refusal(service: Service, acting: ActingFor | None, now: datetime) -> Refusal | None:
    """None: the service is for them as they act now."""
    if service.of == PERSON:
        if acting is None:
            return None
        # What somebody does for another one must never be taken for their own.
        if acting.type != PERSON or not service.matter:
            return Refusal.FOR_YOURSELF
    elif acting is None or acting.type != ORGANISATION:
        return Refusal.FOR_ORGANISATIONS
    if acting.role == AGENT and not service.agents:
        return Refusal.NOT_FOR_AGENTS
    return None if acting.covers(service.matter, now) else Refusal.NOT_COVERED
