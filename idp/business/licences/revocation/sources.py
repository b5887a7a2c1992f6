"""One certificate's standing: asked by OCSP first, then looked up in the list, each kept for a while.

What is kept are the signed bytes, under digests of what they are about; they are verified again when they
are read in another process. Nothing counts as good for longer than its own date and the setting say.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from threading import Lock
from typing import Final

from idp.business.licences.certificates import Certificate
from idp.business.licences.path import Path
from idp.business.licences.revocation import ocsp
from idp.business.licences.revocation.fetching import Fetcher
from idp.business.licences.revocation.findings import Finding, SourceFailed, Status
from idp.business.licences.revocation.lists import RevocationList, read_list
from idp.crypto.digests import digest
from idp.storage.ephemeral import EphemeralStore

REMEMBERED: Final = 8
"""Lists that a process holds ready, taken apart."""
NONCE_BYTES: Final = 32


class Revocation:
    """Shared by threads; one for a process."""

    def __init__(
        self,
        store: EphemeralStore,
        new_fetcher: Callable[[], Fetcher],
        *,
        keep_seconds: int,
        nonce: Callable[[int], bytes] = token_bytes,
    ) -> None:
        self._store = store
        self._new_fetcher = new_fetcher
        self._keep = timedelta(seconds=keep_seconds)
        self._nonce = nonce
        self._lists: OrderedDict[str, tuple[datetime, RevocationList]] = OrderedDict()
        self._lock = Lock()

    def of_path(self, path: Path, now: datetime) -> Finding:
        """The worst of all certificates below the root."""
        fetcher = self._new_fetcher()
        findings = [self._of(certificate, issuer, fetcher, now) for certificate, issuer in path.issued]
        for status in (Status.REVOKED, Status.UNKNOWN):
            for finding in findings:
                if finding.status is status:
                    return finding
        return findings[0]

    def _of(self, certificate: Certificate, issuer: Certificate, fetcher: Fetcher, now: datetime) -> Finding:
        whose = "an authority's certificate" if certificate.is_authority else "the licence"
        said = [f"{whose} says nowhere who can tell"]
        for address in certificate.ocsp_addresses:
            try:
                status = self._asked(certificate, issuer, address, fetcher, now)
            except SourceFailed as failed:
                said.append(f"OCSP: {failed}")
                continue
            if status is not Status.UNKNOWN:
                return Finding(status, f"{whose} is {status}, says OCSP")
            said.append("OCSP: the responder does not know it")
        for address in certificate.crl_addresses:
            try:
                status = self._looked_up(certificate, issuer, address, fetcher, now)
            except SourceFailed as failed:
                said.append(f"CRL: {failed}")
                continue
            return Finding(status, f"{whose} is {status}, says the list")
        return Finding(Status.UNKNOWN, "; ".join(said[1:] or said))

    def _asked(
        self, certificate: Certificate, issuer: Certificate, address: str, fetcher: Fetcher, now: datetime
    ) -> Status:
        """Raises SourceFailed."""

        def is_good(responder: Certificate) -> bool:
            for place in responder.crl_addresses:
                try:
                    return self._looked_up(responder, issuer, place, fetcher, now) is Status.GOOD
                except SourceFailed:
                    continue
            return False

        key = f"licence-ocsp:{digest(f'{address} {issuer.fingerprint} {certificate.fingerprint}')}"
        if (kept := self._kept(key)) is not None:
            try:
                _until, body = kept
                return ocsp.read_answer(
                    body, certificate, issuer, nonce=None, is_good=is_good, now=now
                ).status
            except SourceFailed:
                self._store.delete(key)
        nonce = self._nonce(NONCE_BYTES)
        body = fetcher.post(address, ocsp.question(certificate, issuer, nonce))
        answer = ocsp.read_answer(body, certificate, issuer, nonce=nonce, is_good=is_good, now=now)
        self._holds_still(key, answer, now)
        if answer.next_update is not None and answer.status is not Status.UNKNOWN:
            self._put(key, body, answer.next_update, now)
        return answer.status

    def _holds_still(self, key: str, answer: ocsp.Answer, now: datetime) -> None:
        """Raises SourceFailed for an answer of before one that said that the certificate was revoked: without
        a nonce, somebody on the way may have kept it. Other answers may be older than the last: responders
        with several machines give such."""
        place, issued = f"{key}:revoked", int(answer.this_update.timestamp())
        if answer.status is Status.REVOKED:
            until = answer.next_update or now + ocsp.UNDATED
            self._store.put(place, b"%d" % issued, seconds=max(int((until - now).total_seconds()), 1))
            return
        revoked = self._store.get(place)
        if revoked is not None and issued < int(revoked):
            raise SourceFailed("the answer is older than one that said that it was revoked")

    def _looked_up(
        self, certificate: Certificate, issuer: Certificate, address: str, fetcher: Fetcher, now: datetime
    ) -> Status:
        """Raises SourceFailed."""
        found = self._list(certificate, issuer, address, fetcher, now)
        return Status.REVOKED if certificate.serial_number in found.revoked else Status.GOOD

    def _list(
        self, certificate: Certificate, issuer: Certificate, address: str, fetcher: Fetcher, now: datetime
    ) -> RevocationList:
        # A list may be of licences or of authorities alone, so the kind of certificate is part of the key.
        key = f"licence-crl:{digest(f'{address} {issuer.fingerprint} {certificate.is_authority}')}"
        with self._lock:
            until, ready = self._lists.get(key, (now, None))
        if ready is not None and now < until:
            return ready
        if (kept := self._kept(key)) is not None:
            try:
                until, body = kept
                return self._remember(key, read_list(body, certificate, issuer, address, now), until)
            except SourceFailed:
                self._store.delete(key)
        body = fetcher.get(address)
        found = read_list(body, certificate, issuer, address, now)
        self._goes_on(key, found, now)
        return self._remember(key, found, self._put(key, body, found.next_update, now))

    def _goes_on(self, key: str, found: RevocationList, now: datetime) -> None:
        """Raises SourceFailed for a list of before one that was seen. It is current by its own dates, which
        are days apart; somebody on the way may have kept it."""
        place, issued = f"{key}:newest", int(found.this_update.timestamp())
        newest = self._store.get(place)
        if newest is not None and issued < int(newest):
            raise SourceFailed("the list is older than one that was seen")
        # As long as it may be played back: what came before it runs out no later.
        seconds = max(int((found.next_update - now).total_seconds()), 1)
        self._store.put(place, b"%d" % issued, seconds=seconds)

    def _remember(self, key: str, found: RevocationList, until: datetime) -> RevocationList:
        with self._lock:
            self._lists[key] = (until, found)
            self._lists.move_to_end(key)
            while len(self._lists) > REMEMBERED:
                self._lists.popitem(last=False)
        return found

    def _put(self, key: str, body: bytes, next_update: datetime, now: datetime) -> datetime:
        """Until when it may be used, which is kept with it: processes read it at different times."""
        until = min(next_update, now + self._keep)
        seconds = int((until - now).total_seconds())
        if seconds >= 1:
            self._store.put(key, b"%d\n" % int(until.timestamp()) + body, seconds=seconds)
        return until

    def _kept(self, key: str) -> tuple[datetime, bytes] | None:
        found = self._store.get(key)
        if found is None:
            return None
        until, _, body = found.partition(b"\n")
        return datetime.fromtimestamp(int(until), UTC), body
