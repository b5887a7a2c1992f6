"""Signing in with a licence app that reads a page's QR code."""

from typing import Annotated

from pydantic import Field

from idp.settings.sections import Count, Section


class LicenceApp(Section):
    code_seconds: Annotated[int, Field(ge=20, le=300)]
    take_seconds: Annotated[int, Field(ge=30, le=600)]
    calls_per_address_per_hour: Count
    same_network_only: bool
    address: Annotated[str, Field(pattern=r'^([a-z][a-z0-9.+-]{1,40}://[!-"$-~]{1,300})?$')]
    """Without a fragment, which the code goes into."""
