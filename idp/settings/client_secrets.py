"""The settings of the secrets and keys that clients prove themselves with."""

from typing import Annotated

from pydantic import Field, model_validator

from idp.settings.sections import Section


class ClientSecretLimits(Section):
    days: Annotated[int, Field(ge=0, le=3650)]
    days_at_most: Annotated[int, Field(ge=1, le=3650)]
    warning_days: Annotated[int, Field(ge=1, le=180)]

    @model_validator(mode="after")
    def default_is_allowed(self) -> "ClientSecretLimits":
        if self.days > self.days_at_most:
            raise ValueError("days: more than days_at_most")
        return self
