"""Every field of a registration with its words."""

from collections.abc import Mapping

from idp.oidc.clients.explaining.people_fields import PEOPLE_FIELDS, FieldWords
from idp.oidc.clients.explaining.protocol_fields import PROTOCOL_FIELDS

FIELDS: Mapping[str, FieldWords] = {one.name: one for one in (*PEOPLE_FIELDS, *PROTOCOL_FIELDS)}
"""By their registered names."""
