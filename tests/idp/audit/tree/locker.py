"""A service with S3's interface and object lock that believes no request without a right signature."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

SECRET = "a secret of the locker"
ACCESS_KEY = "AKIALOCKER"


@dataclass
class Locker:
    locks: bool = True
    """Whether it knows what a lock is."""
    has_checksums: bool = True
    keeps: bytes | None = None
    """What it keeps instead of what it is given."""
    until: str | None = None
    """The date that it locks to, whatever it is told."""
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    """By path and version."""
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        locker = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status, headers = locker.put(self, body)
                self._say(status, headers)

            def do_HEAD(self) -> None:
                self._say(*locker.head(self))

            def _say(self, status: int, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def put(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str]]:
        if not self._is_signed(request, body):
            return 403, {}
        given = request.headers
        md5 = hashlib.md5(body).digest()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if given["content-md5"] != base64.b64encode(md5).decode() or given["x-amz-checksum-sha256"] != digest:
            return 400, {}
        kept = body if self.keeps is None else self.keeps
        headers = {"etag": f'"{hashlib.md5(kept).hexdigest()}"'}
        if self.has_checksums:
            headers["x-amz-checksum-sha256"] = base64.b64encode(hashlib.sha256(kept).digest()).decode()
        if self.locks:
            until = self.until or given["x-amz-object-lock-retain-until-date"]
            headers |= {
                "x-amz-object-lock-mode": given["x-amz-object-lock-mode"],
                "x-amz-object-lock-retain-until-date": until,
            }
        version = f"v{len(self.objects)}/+"
        self.objects[f"{request.path}:{version}"] = kept, headers
        return 200, {"x-amz-version-id": version}

    def head(self, request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str]]:
        if not self._is_signed(request, b""):
            return 403, {}
        place = urlsplit(request.path)
        (version,) = parse_qs(place.query)["versionId"]
        return 200, self.objects[f"{place.path}:{version}"][1]

    def _is_signed(self, request: BaseHTTPRequestHandler, body: bytes) -> bool:
        """As the service's side reads it, apart from what signs it."""
        scheme, _, rest = request.headers["authorization"].partition(" ")
        parts = dict(part.split("=", 1) for part in rest.split(","))
        key_id, day, region, service, last = parts["Credential"].split("/")
        names = parts["SignedHeaders"].split(";")
        content = hashlib.sha256(body).hexdigest()
        place = urlsplit(request.path)
        covered = [f"{name}:{request.headers[name].strip()}" for name in names]
        lines = [request.command, place.path, place.query, *covered, "", ";".join(names), content]
        stamp = request.headers["x-amz-date"]
        canonical = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        text = "\n".join([scheme, stamp, f"{day}/{region}/{service}/{last}", canonical])
        key = b"AWS4" + SECRET.encode()
        for part in (day, region, service, last):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        wanted = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        needed = {"host", "x-amz-content-sha256", "x-amz-date"}
        sent = {name.lower() for name in request.headers if name.lower().startswith("x-amz-")}
        is_right = (
            key_id == ACCESS_KEY
            and hmac.compare_digest(wanted, parts["Signature"])
            and needed | sent <= set(names)
            and request.headers["x-amz-content-sha256"] == content
            and stamp.startswith(day)
        )
        if not is_right:
            self.refused.append(request.path)
        return is_right
