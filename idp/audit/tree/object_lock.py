"""Heads in a bucket with S3's interface and object lock: nobody takes or changes them before their date, the
bucket's owner and its administrators included (mode COMPLIANCE).

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html. What was put is asked for again: a
service that knows nothing of the lock would have ignored it in silence.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

from idp.audit.tree.anchors import AnchorUnavailable
from idp.audit.tree.heads import HeadWrong, read
from idp.outbound import Answer, OutboundFailed
from idp.outbound.addresses import split
from idp.outbound.signature_v4 import Credentials, canonical_path, signed

MODE = "COMPLIANCE"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
DIGITS = 20
"""So that names are in the order of sizes."""
Ask = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""(method, address, headers, body). Raises OutboundFailed."""


@dataclass(frozen=True)
class ObjectLockAnchor:
    ask: Ask
    endpoint: str
    bucket: str
    prefix: str
    credentials: Credentials
    retained: timedelta
    clock: Callable[[], datetime]

    def __call__(self, lines: Sequence[str]) -> None:
        """One object for all of them. Raises AnchorUnavailable."""
        data = "".join(f"{line}\n" for line in lines).encode("ascii")
        now = self.clock()
        until = (now + self.retained).replace(microsecond=0)
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        try:
            self._put(self._address(lines[-1]), data, digest, until)
        except OutboundFailed as failed:
            raise AnchorUnavailable(str(failed)) from None

    def _put(self, address: str, data: bytes, digest: str, until: datetime) -> None:
        md5 = hashlib.md5(data, usedforsecurity=False).digest()
        # PutObject: with a lock, a checksum has to be there; older services know Content-MD5 alone.
        headers = {
            "content-type": "application/x-ndjson",
            "content-md5": base64.b64encode(md5).decode(),
            "x-amz-checksum-sha256": digest,
            "x-amz-object-lock-mode": MODE,
            "x-amz-object-lock-retain-until-date": f"{until.astimezone(UTC):{MOMENT}}",
        }
        put = self._asked("PUT", address, headers, data)
        if put.status != HTTPStatus.OK:
            raise AnchorUnavailable(f"it answered {put.status}")
        version = put.headers.get("x-amz-version-id")
        place = address if version is None else f"{address}?versionId={quote(version, safe='')}"
        kept = self._asked("HEAD", place, {"x-amz-checksum-mode": "ENABLED"}, b"")
        if kept.status != HTTPStatus.OK:
            raise AnchorUnavailable(f"it took the heads and answered {kept.status} when asked for them")
        _check(kept.headers, digest, f'"{md5.hex()}"', until)

    def _asked(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        sent = signed(self.credentials, method, split(address), headers, body, self.clock())
        return self.ask(method, address, sent, body)

    def _address(self, line: str) -> str:
        """Path-style. Given again after a crash, the same heads have the same name: one version more."""
        try:
            size = read(line).size
        except HeadWrong as wrong:
            raise AnchorUnavailable(str(wrong)) from None
        path = canonical_path(f"/{self.bucket}/{self.prefix}heads-{size:0{DIGITS}}.jsonl")
        return f"{self.endpoint.rstrip('/')}{path}"


def _check(kept: Mapping[str, str], digest: str, etag: str, until: datetime) -> None:
    """Raises AnchorUnavailable unless these bytes are locked for so long."""
    checksum = kept.get("x-amz-checksum-sha256")
    # Where a service keeps no such checksum, an entity tag is the MD5 of what was put in one part.
    if checksum != digest and (checksum is not None or kept.get("etag") != etag):
        raise AnchorUnavailable("it keeps something else than what it was given")
    if kept.get("x-amz-object-lock-mode") != MODE:
        raise AnchorUnavailable("it does not lock what it keeps")
    try:
        locked = datetime.fromisoformat(kept.get("x-amz-object-lock-retain-until-date", ""))
    except ValueError:
        locked = None
    if locked is None or locked.tzinfo is None or locked < until:
        raise AnchorUnavailable("it does not lock what it keeps for as long as it was told")
