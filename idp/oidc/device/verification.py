"""Where a person types the code of a device and says that it is theirs (RFC 8628 sections 3.3 and 5).

The code of somebody else's device is what a swindler sends (section 5.4, RFC 10027 section 6.1). So nothing
goes on without a click, scanned or typed, on a page that says who asks, since when and from where.
"""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from idp.audit.events.decoupled import UserCodeRefused
from idp.crypto.digests import digest, new_secret, same
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import answering, waiting
from idp.oidc.decoupled.waiting import WaitingRequest
from idp.oidc.device import user_codes
from idp.oidc.http import Request
from idp.oidc.interaction import Interaction, InteractionExpired, InteractionForeign
from idp.oidc.provider import Provider
from idp.storage.throttle import Subject, network

PATH = "/device"
ADDRESS = "address"
"""Among the details of a request: where the device called from."""
KIND = "user-code"
ENTRY_BYTES = 16
REFUSALS_OF_ONE_ADDRESS = 1000
"""In an hour, in the audit log: a whole district may share one address."""
HOUR = 3600
NEAR_BITS = {4: 16, 6: 32}
"""Of an address, what is shown: about the city or the company, not the line."""


class WrongCode(Exception):
    """No such code, or not any more: nobody is told which. `seconds`: until the next may be tried."""

    def __init__(self, seconds: int, *, was_tried: bool = True) -> None:
        super().__init__("wrong user_code")
        self.seconds = seconds
        self.was_tried = was_tried


@dataclass(frozen=True, slots=True)
class Question:
    """What the person is asked before anything else."""

    entry_id: str
    waiting: WaitingRequest
    client: Client
    place: str
    """From where the device called, coarsely; nothing where that is not known."""
    is_same_network: bool
    """As this browser calls from."""


def enter(provider: Provider, request: Request, typed: str, browser: str) -> str:
    """A right code opens an entry, which is this browser's alone. Returns its id. Raises WrongCode."""
    now = provider.clock()
    tried = _subject(request, browser)
    # RFC 8628 section 5.1: few tries a browser, more an address, and all slower when guesses run high.
    if seconds := provider.throttle.wait(tried):
        _note(provider, request, browser, seconds, now)
        raise WrongCode(seconds, was_tried=False)
    found = _find(provider, typed, now)
    if found is None:
        seconds = provider.throttle.failed(tried)
        _note(provider, request, browser, 0, now)
        raise WrongCode(seconds)
    provider.throttle.give_back(tried)
    entry_id = new_secret(ENTRY_BYTES)
    value = f"{digest(browser)} {found.id}".encode("ascii")
    provider.store.put(_key(entry_id), value, seconds=max(found.seconds_left(now), 1))
    return entry_id


def question(provider: Provider, request: Request, entry_id: str, browser: str) -> Question:
    """Raises InteractionExpired, InteractionForeign."""
    now = provider.clock()
    kept = provider.store.get(_key(entry_id))
    if kept is None:
        raise InteractionExpired
    theirs, waiting_id = kept.decode("ascii").split(" ")
    if not same(theirs, digest(browser)):
        raise InteractionForeign
    found = waiting.find(provider.store, waiting_id)
    if found is None or not found.is_open(now):
        raise InteractionExpired(None if found is None else found.client_id, kind="finished")
    client = provider.clients.find(found.client_id)
    if client is None:
        raise InteractionExpired
    address = found.details[ADDRESS]
    is_same = bool(address) and network(address) == network(request.address)
    return Question(entry_id, found, client, coarse(address), is_same)


def go_on(provider: Provider, asked: Question, browser: str) -> Interaction:
    """The entry is used up; the same pages follow as for any other sign-in, or its cancelling.

    Raises InteractionExpired.
    """
    if provider.store.take(_key(asked.entry_id)) is None:
        raise InteractionExpired(asked.client.client_id, kind="finished")
    return answering.begin(provider, asked.waiting, browser, provider.clock())


def coarse(address: str) -> str:
    """An address as far as strangers may see it: 203.0.113.9 -> 203.0.*.*"""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    kept = ip_network((found, NEAR_BITS[found.version]), strict=False).network_address
    if found.version == 4:
        return ".".join((*str(kept).split(".")[:2], "*", "*"))
    return f"{str(kept).removesuffix('::')}:*"


def _find(provider: Provider, typed: str, now: datetime) -> WaitingRequest | None:
    code = user_codes.normalise(typed)
    waiting_id = None if code is None else user_codes.find(provider.store, provider.grant_key, code)
    found = None if waiting_id is None else waiting.find(provider.store, waiting_id)
    return found if found is not None and found.is_open(now) else None


def _subject(request: Request, browser: str) -> Subject:
    """There is no account to guess at: who guesses is the browser, and the address behind all browsers that
    somebody makes up."""
    device = digest(browser)
    return Subject(account=device, address=request.address, device=device, kind=KIND)


def _note(provider: Provider, request: Request, browser: str, seconds: int, now: datetime) -> None:
    allow = provider.throttle.allow_from
    if allow(request.address, "user code refusals", REFUSALS_OF_ONE_ADDRESS, HOUR):
        event = UserCodeRefused(seconds)
        provider.audit.append(event, provider.context(request, now, device=digest(browser)))


def _key(entry_id: str) -> str:
    return f"device-entry:{digest(entry_id)}"
