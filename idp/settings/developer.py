"""The settings of the developers' console: how many of everything, and where the other deployment is."""

from typing import Annotated

from pydantic import Field

from idp.settings.sections import Count, Section

Origin = Annotated[str, Field(pattern=r"^(https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?)?$")]
"""Of another deployment of ours; empty: there is none."""


class Developer(Section):
    sandbox_issuer: Origin
    production_issuer: Origin
    teams_per_person: Annotated[int, Field(ge=1, le=100)]
    members_per_team: Annotated[int, Field(ge=1, le=500)]
    apps_per_team: Annotated[int, Field(ge=1, le=500)]
    tokens_per_team: Annotated[int, Field(ge=1, le=100)]
    invitations_per_team: Annotated[int, Field(ge=1, le=500)]
    invitation_days: Annotated[int, Field(ge=1, le=30)]
    invitation_tries_per_hour: Count
    checker_allow: tuple[str, ...]
    """Origins of apps that the checker may reach though they are on no public address, or not https."""
