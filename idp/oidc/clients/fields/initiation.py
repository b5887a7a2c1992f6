"""What a registration says of sign-ins that begin elsewhere: the person's list of services leads there."""

from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import BaseModel, model_validator

from idp.oidc.clients.uris import UriRefused, check_web_uri

OURS = frozenset({"iss", "login_hint", "target_link_uri"})


class InitiationFields(BaseModel):
    initiate_login_uri: str | None = None
    """OpenID Connect Registration 1.0 section 2: https; it begins a sign-in here and ends where it likes."""

    @model_validator(mode="after")
    def initiate_login_uri_is_safe(self) -> Self:
        if self.initiate_login_uri is None:
            return self
        try:
            check_web_uri(self.initiate_login_uri)
        except UriRefused as refused:
            raise ValueError(str(refused)) from None
        if OURS & {name for name, _ in parse_qsl(urlsplit(self.initiate_login_uri).query)}:
            raise ValueError(f"initiate_login_uri: has none of {', '.join(sorted(OURS))} of its own")
        return self

    def initiated_by(self, issuer: str) -> str | None:
        """OpenID Connect Core 1.0 section 4: where a person's sign-in at the client begins.

        `iss` MUST be there. There is no login_hint: who the person is the client learns by asking us, and a
        number would stand in an address. There is no target_link_uri: none of its pages is known here.
        """
        uri = self.initiate_login_uri
        return None if uri is None else f"{uri}{'&' if '?' in uri else '?'}{urlencode({'iss': issuer})}"
