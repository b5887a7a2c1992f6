"""How often people may be asked, and by whom no more: against asking again and again until somebody agrees.

A client is never told that it asks too much, or that somebody does not want to hear of it: its request then
looks like one that nobody answers.
"""

from enum import StrEnum

from idp.crypto.digests import keyed
from idp.oidc.provider import Provider

HOUR = 3600
DAY = 86400
NOBODY = "nobody"


class Verdict(StrEnum):
    ASKED = "asked"
    UNKNOWN = "unknown"
    """There is nobody to ask: no such person here, or one who withdrew what they agreed to."""
    MUTED = "muted"
    LIMITED = "limited"


def verdict(provider: Provider, client_id: str, person_id: str | None) -> Verdict:
    """Whether the person is to hear of a request. Counts it, but for a client that is muted."""
    muted = _muted_key(provider, client_id, person_id or NOBODY)
    is_muted = provider.store.get(muted) is not None
    # The same is done for nobody, so that it takes as long.
    one = NOBODY if person_id is None or is_muted else person_id
    settings, allow = provider.backchannel, provider.throttle.allow
    by_client = allow(
        f"backchannel {client_id} {one}", settings.requests_per_client_and_person_per_hour, HOUR
    )
    # What one client asks too often uses up nothing of what others may ask.
    counted = one if by_client else NOBODY
    by_all = allow(f"backchannel {counted}", settings.requests_per_person_per_hour, HOUR)
    if person_id is None:
        return Verdict.UNKNOWN
    if is_muted:
        return Verdict.MUTED
    return Verdict.ASKED if by_client and by_all else Verdict.LIMITED


def may_text(provider: Provider, person_id: str | None) -> bool:
    """Whether the person may get one more text message today; beyond it requests wait on the page alone.

    None: nobody is to get one, which takes as long.
    """
    limit = provider.backchannel.texts_per_person_per_day
    allowed = provider.throttle.allow(f"backchannel-text {person_id or NOBODY}", limit, DAY)
    return allowed and person_id is not None


def mute(provider: Provider, client_id: str, person_id: str) -> None:
    """The person has said that a request of the client was not theirs."""
    seconds = provider.backchannel.muted_days * DAY
    provider.store.put(_muted_key(provider, client_id, person_id), b"1", seconds=seconds)


def _muted_key(provider: Provider, client_id: str, person_id: str) -> str:
    return f"backchannel-muted:{keyed(provider.grant_key, 'muted', client_id, person_id)}"
