"""The one client through which the provider asks anything of other servers.

Addresses come from registrations and settings, so a request may be meant for our own network
(server-side request forgery, CWE-918). A name is resolved once and that address connected to; it
must be a public one, unless the exact scheme, host and port stand in `outbound.allow`, or, of what
registrations name, in `outbound.clients_allow` (`to_clients`). Only https, no redirects, no proxies, no
compression, bounded time and size.
"""

from idp.outbound.answers import (
    AddressRefused,
    Answer,
    AnswerRefused,
    OutboundFailed,
    TimedOut,
    Unreachable,
)
from idp.outbound.client import Outbound, to_clients

__all__ = [
    "AddressRefused",
    "Answer",
    "AnswerRefused",
    "Outbound",
    "OutboundFailed",
    "TimedOut",
    "Unreachable",
    "to_clients",
]
