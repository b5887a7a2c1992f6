"""AWS Signature Version 4, which services with S3's interface ask for, whoever runs them.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html: the request in one way to write
it, its digest with the time and the scope as text, and an HMAC over that with a key derived for the day.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import SplitResult, parse_qsl, quote

ALGORITHM = "AWS4-HMAC-SHA256"
UNRESERVED = "-_.~"


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str
    service: str = "s3"


def signed(
    credentials: Credentials,
    method: str,
    place: SplitResult,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> dict[str, str]:
    """The headers with those that authenticate them: all that are given are signed, and the host."""
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    content = hashlib.sha256(body).hexdigest()
    given = {name.lower(): value for name, value in headers.items()}
    given |= {"x-amz-date": stamp, "x-amz-content-sha256": content}
    return given | {"authorization": authorization(credentials, method, place, given, content, stamp)}


def authorization(
    credentials: Credentials,
    method: str,
    place: SplitResult,
    headers: Mapping[str, str],
    content_sha256: str,
    stamp: str,
) -> str:
    """`headers`: in lower case, without the host; `stamp`: as `x-amz-date` has it."""
    covered = {"host": place.netloc, **headers}
    names = ";".join(sorted(covered))
    request = "\n".join(
        (
            method,
            canonical_path(place.path),
            _query(place.query),
            *(f"{name}:{' '.join(covered[name].split())}" for name in sorted(covered)),
            "",
            names,
            content_sha256,
        )
    )
    scope = f"{stamp[:8]}/{credentials.region}/{credentials.service}/aws4_request"
    text = "\n".join((ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    who = f"{credentials.access_key_id}/{scope}"
    return f"{ALGORITHM} Credential={who},SignedHeaders={names},Signature={signature}"


def canonical_path(path: str) -> str:
    """S3's way: each part is encoded once, and nothing is normalised. The address has it so, too."""
    return quote(path or "/", safe=f"/{UNRESERVED}%")


def _query(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(
        f"{quote(name, safe=UNRESERVED)}={quote(value, safe=UNRESERVED)}" for name, value in pairs
    )
