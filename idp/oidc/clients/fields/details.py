"""What a registration says of authorization details: the types that the client uses (RFC 9396 section 10)."""

from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from idp.audit.fields import is_code

TYPES_AT_MOST = 50


class DetailsFields(BaseModel):
    authorization_details_types: Annotated[tuple[str, ...], Field(max_length=TYPES_AT_MOST)] = ()
    """It may ask for no other. Which there are, discovery says."""

    @field_validator("authorization_details_types")
    @classmethod
    def types_are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value) or not all(map(is_code, value)):
            raise ValueError("names of types, each once")
        return value
