"""The settings of mandates: how many, for how long, and on what terms they are given."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from idp.settings.sections import Count, Section


class Mandates(Section):
    matters_directory: Path | None = None
    administrators_at_most: Annotated[int, Field(ge=1, le=5)]
    agents_at_most: Annotated[int, Field(ge=1, le=5000)]
    relatives_at_most: Annotated[int, Field(ge=1, le=5)]
    longest_days: Annotated[int, Field(ge=1, le=3653)]
    acceptance_level: Annotated[int, Field(ge=2, le=4)]
    invitation_days: Annotated[int, Field(ge=1, le=30)]
    invitations_per_organisation_per_day: Count
    invitations_per_person_per_day: Count
    tell_of_new_clients: bool
    guardian_tries_per_day: Count
    guardian_rechecks_per_minute: Annotated[int, Field(ge=1, le=10000)]
    guardian_confirmed_seconds: Annotated[int, Field(ge=60, le=2592000)]
    ended_kept_days: Annotated[int, Field(ge=30, le=7305)]
    answered_kept_days: Annotated[int, Field(ge=1, le=3653)]
