"""The settings of the security staff's cases."""

from typing import Annotated

from pydantic import Field

from idp.settings.sections import Section


class Cases(Section):
    kept_days: Annotated[int, Field(ge=180, le=36525)]
