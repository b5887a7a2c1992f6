"""The settings of what one client may use."""

from typing import Annotated

from pydantic import Field, model_validator

from idp.settings.sections import Count, Section

LimitClass = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Quota = Annotated[int, Field(ge=0, le=10_000_000)]
"""0: as many as it likes."""


class ClientLimits(Section):
    requests_per_minute: Count
    public_requests_per_address_per_minute: Count
    classes: dict[LimitClass, Count]
    sign_ins_per_day: Quota
    messages_per_day: Quota
    usage_kept_days: Annotated[int, Field(ge=31, le=400)]

    @model_validator(mode="after")
    def no_class_is_called_standard(self) -> "ClientLimits":
        if "standard" in self.classes:
            raise ValueError("classes: standard is what stands for the settings themselves")
        return self
