"""The settings of the desk of the security staff."""

from typing import Annotated

from pydantic import Field

from idp.settings.sections import Count, Section


class Security(Section):
    number_lookups_per_hour: Count
    unmask_needs_second: bool
    unmask_minutes: Annotated[int, Field(ge=1, le=1440)]
    unmasks_per_hour: Count
    tails_per_process: Annotated[int, Field(ge=0, le=64)]
    tails_per_officer: Annotated[int, Field(ge=1, le=16)]
    export_rows: Annotated[int, Field(ge=1, le=10_000_000)]
    exports_per_hour: Count
    saved_searches: Annotated[int, Field(ge=1, le=500)]
