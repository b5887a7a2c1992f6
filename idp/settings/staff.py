"""The settings of staff and of the service window."""

from typing import Annotated

from pydantic import Field

from idp.settings.sections import Count, Section


class Staff(Section):
    session_idle_seconds: Annotated[int, Field(ge=60, le=14400)]
    session_absolute_seconds: Annotated[int, Field(ge=300, le=86400)]
    activation_code_hours: Annotated[int, Field(ge=1, le=168)]
    change_days: Annotated[int, Field(ge=1, le=30)]
    officer_settled_hours: Annotated[int, Field(ge=0, le=720)]
    window_is_offered: bool
    window_code_seconds: Annotated[int, Field(ge=60, le=120)]
    window_help_seconds: Annotated[int, Field(ge=60, le=900)]
    window_sign_ins_per_hour: Count
    activation_codes_per_hour: Count
    tell_by_text: bool
