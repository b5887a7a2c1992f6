"""A whole registration as somebody typed it: what it is, or everything that is wrong with it.

Nothing is refused here that the rules allow, but names and hosts that pass for those of others, texts that do
not show as they are, and contacts that reach nobody; and nothing is allowed here that the rules refuse.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from idp.locales import gettext_noop as _
from idp.oidc.clients.contacts import is_contact
from idp.oidc.clients.explaining import addresses, texts
from idp.oidc.clients.explaining.fields import FIELDS
from idp.oidc.clients.explaining.problems import Problem, Words
from idp.oidc.clients.explaining.rules import words_of
from idp.oidc.clients.metadata import WEB_URIS, ClientMetadata, MetadataRefused, read
from idp.oidc.clients.own_places import OwnPlaces
from idp.oidc.clients.uris import (
    UriRefused,
    check_logout_uri,
    check_redirect_uri,
    check_resource_uri,
    check_web_uri,
)

RETURNS = ("redirect_uris", "post_logout_redirect_uris")
LOGOUTS = ("backchannel_logout_uri", "frontchannel_logout_uri")
PLAIN = (
    "initiate_login_uri",
    "jwks_uri",
    "sector_identifier_uri",
    "backchannel_client_notification_endpoint",
)
CONTACT = Words(
    _("This is no e-mail address."),
    _("name@host, or an address that begins with https:, mailto: or tel:"),
)
OURS = Words(
    _("This is an address of the sign-in service itself, which is no app's."),
    _("Give an address of your app."),
)
TWICE = Words(_("It stands there twice."), _("Take one away."))
NOWHERE = OwnPlaces(frozenset(), frozenset())
VALUE_ERROR = "Value error, "
TLS = "tls_client_auth"


@dataclass(frozen=True, slots=True)
class Others:
    """What belongs to other apps, and nobody's may be taken for."""

    names: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    own: OwnPlaces = NOWHERE
    """Ours."""


@dataclass(frozen=True, slots=True)
class Explained:
    """`metadata` is None where something is gravely wrong."""

    metadata: ClientMetadata | None
    problems: tuple[Problem, ...]

    def of(self, name: str) -> tuple[Problem, ...]:
        """Of one field; of its texts in all languages, if the name has no tag."""
        return tuple(one for one in self.problems if name in {one.field, one.field.partition("#")[0]})


def explain(fields: Mapping[str, Any], others: Others = Others()) -> Explained:
    """`fields`: under their registered names, texts with language tags."""
    found = [*_of_addresses(fields, others), *_of_texts(fields, others), *_of_contacts(fields)]
    try:
        metadata = read(fields)
    except MetadataRefused as refused:
        explained = {one.field.partition("#")[0] for one in found if one.is_grave}
        found += [one for one in _of_rules(refused, fields) if one.field.partition("#")[0] not in explained]
        return Explained(None, tuple(found))
    return Explained(None if any(one.is_grave for one in found) else metadata, tuple(found))


def address_fields(fields: Mapping[str, Any]) -> Iterator[tuple[str, list[Any], addresses.Check, bool]]:
    """Each field with addresses, what stands there, its rule, and whether an app's own scheme is good"
    " there."""
    native = fields.get("application_type") == "native"
    is_public = fields.get("token_endpoint_auth_method") == "none"
    for name in RETURNS:
        yield name, _listed(fields.get(name)), partial(check_redirect_uri, native=native), native
    for name in LOGOUTS:
        yield name, _listed(fields.get(name)), partial(check_logout_uri, is_public=is_public), False
    for name in PLAIN:
        yield name, _listed(fields.get(name)), check_web_uri, False
    yield "resource_uris", _listed(fields.get("resource_uris")), check_resource_uri, False
    yield "request_uris", _listed(fields.get("request_uris")), _check_request_uri, False
    for name, value in fields.items():
        if name.partition("#")[0] in WEB_URIS:
            yield name, _listed(value), check_web_uri, False


def _of_addresses(fields: Mapping[str, Any], others: Others) -> Iterator[Problem]:
    for name, typed, check, native in address_fields(fields):
        hosts = others.hosts if name in RETURNS else frozenset()
        for place, one in enumerate(typed):
            if not isinstance(one, str):
                continue
            if one in typed[:place]:
                yield Problem(name, TWICE, typed=one, is_grave=False)
            elif others.own.has(one):
                yield Problem(name, OURS, typed=one)
            elif (wrong := addresses.problem(one, check, native=native, hosts=hosts)) is not None:
                words, values, better = wrong
                yield Problem(name, words, values, typed=one, better=better)


def _of_texts(fields: Mapping[str, Any], others: Others) -> Iterator[Problem]:
    for name, value in fields.items():
        base = name.partition("#")[0]
        if base not in texts.AT_MOST or not isinstance(value, str):
            continue
        if (wrong := texts.problem(base, value, others.names)) is not None:
            words, values, is_grave = wrong
            yield Problem(name, words, values, typed=value, is_grave=is_grave)


def _of_contacts(fields: Mapping[str, Any]) -> Iterator[Problem]:
    for one in _listed(fields.get("contacts")):
        if isinstance(one, str) and not is_contact(one):
            yield Problem("contacts", CONTACT, typed=one)


def _of_rules(refused: MetadataRefused, fields: Mapping[str, Any]) -> Iterator[Problem]:
    addresses_wrong = {text for text in map(_refusal, _every_address(fields)) if text is not None}
    for at, message in refused.errors or (("", str(refused)),):
        said = message.removeprefix(VALUE_ERROR)
        if not at and said in addresses_wrong:
            continue  # explained by its field
        field, said = _field_of(at, said)
        words, values = words_of(said)
        yield Problem(field, words, values)


def _field_of(at: str, said: str) -> tuple[str, str]:
    """The field that a message is about, and what is left of the message."""
    first, _dot, rest = at.partition(".")
    if first == "localized" and rest:
        name, _dot, tag = rest.partition(".")
        return (f"{name}#{tag}" if tag else name), said
    name, colon, left = said.partition(": ")
    if not first and colon and name in FIELDS:
        return name, left
    if not first and colon and name == TLS:
        return f"{TLS}_subject_dn", left
    return (first if first in FIELDS else ""), said


def _every_address(fields: Mapping[str, Any]) -> Iterator[tuple[str, addresses.Check]]:
    for _name, typed, check, _native in address_fields(fields):
        yield from ((one, check) for one in typed if isinstance(one, str))


def _refusal(address: tuple[str, addresses.Check]) -> str | None:
    typed, check = address
    try:
        check(typed)
    except UriRefused as refused:
        return str(refused)
    return None


def _check_request_uri(uri: str) -> None:
    """OpenID Connect Core 1.0 section 6.2: what follows # is a digest, which is looked at elsewhere."""
    check_web_uri(uri.partition("#")[0])


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
