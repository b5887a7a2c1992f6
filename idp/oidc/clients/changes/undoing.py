"""What going back to an older version of a registration brings back: all but the client's credentials.

A key that was removed may have been stolen, a host that keys were fetched from may be another's by now: a
registration of then must not let them prove the client again. What is registered now stays.
"""

from collections.abc import Mapping
from typing import Any

from idp.oidc.clients.fields.token import SUBJECTS
from idp.oidc.clients.metadata import ClientMetadata, MetadataRefused, from_json

CERTIFICATE_NAMES = tuple(f"tls_client_auth_{name}" for name in SUBJECTS)
"""RFC 8705 section 2.1.2: whoever has a certificate of that name is the client."""
CREDENTIALS = ("jwks", "jwks_uri", *CERTIFICATE_NAMES)
"""By what a client proves itself that stands in its registration; secrets do not."""


class OtherCredentialsNeeded(MetadataRefused):
    """What the client was then is allowed, but not with the keys or the certificate's name of now."""


def brought_back(old: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The registration of `old` with the credentials of `now`. Both: as `ClientMetadata.to_json`."""
    kept = {name: now[name] for name in CREDENTIALS if name in now}
    return {name: value for name, value in old.items() if name not in CREDENTIALS} | kept


def read_back(old: Mapping[str, Any], now: Mapping[str, Any]) -> ClientMetadata:
    """`brought_back`, by today's rules. Raises MetadataRefused, OtherCredentialsNeeded."""
    try:
        return from_json(brought_back(old, now))
    except MetadataRefused as refused:
        from_json(old)
        raise OtherCredentialsNeeded(str(refused), refused.errors) from None
