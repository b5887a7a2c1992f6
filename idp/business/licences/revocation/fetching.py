"""Getting lists and answers from where certificates say they are: only there where the operator allows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from idp.business.licences.revocation.findings import SourceFailed
from idp.business.licences.revocation.lists import BYTES_AT_MOST
from idp.outbound import Answer, Outbound, OutboundFailed
from idp.outbound.addresses import allowed_origin, origin_of, split

FETCHES_AT_MOST: Final = 6
"""For one licence, whatever its certificates say."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Of this room's own `Outbound`: lists are larger than anything else that is fetched."""

    allow: tuple[str, ...]
    timeout_seconds: float
    bytes_at_most: int = BYTES_AT_MOST


class Fetcher:
    """For one licence. Certificates come from strangers: their addresses are asked only where allowed.

    Lists and answers are signed, so plain http is as good as https here (RFC 5280 section 8 even prefers it).
    """

    def __init__(self, outbound: Outbound, allow: Sequence[str]) -> None:
        self._outbound = outbound
        self._allowed = frozenset(map(allowed_origin, allow))
        self._left = FETCHES_AT_MOST

    def get(self, address: str) -> bytes:
        """Raises SourceFailed."""
        return self._asked(address, lambda: self._outbound.get(address))

    def post(self, address: str, body: bytes) -> bytes:
        """A question of OCSP (RFC 6960 appendix A.1). Raises SourceFailed."""
        headers = {"content-type": "application/ocsp-request", "accept": "application/ocsp-response"}
        return self._asked(address, lambda: self._outbound.post(address, body, headers=headers))

    def _asked(self, address: str, ask: Callable[[], Answer]) -> bytes:
        try:
            if origin_of(split(address)) not in self._allowed:
                raise SourceFailed("an address that licences.revocation_allow does not name")
            if self._left == 0:
                raise SourceFailed("more addresses than are asked for one licence")
            self._left -= 1
            answer = ask()
        except OutboundFailed as failed:
            raise SourceFailed(str(failed)) from None
        if answer.status != HTTPStatus.OK:
            raise SourceFailed(f"the status of the answer is {answer.status}")
        return answer.body
