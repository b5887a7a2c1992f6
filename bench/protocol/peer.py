"""The peer: oidc-provider on Node with its Redis adapter, one process on the server's core."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.protocol.load import ask
from bench.protocol.meters import LOAD_CORE, SERVER_CORE, pin
from bench.protocol.wire import BASIC, OFFLINE_SCOPE, REDIRECT_URI, SIGNED, Key, Side
from idp.crypto.digests import new_secret
from tests.ports import free_port
from tests.servers import end, wait_for

HERE = Path(__file__).parent / "peer"
RESOURCE = "https://resource.example/"
PATHS = {
    "token": "/token",
    "introspection": "/token/introspection",
    "userinfo": "/me",
    "jwks": "/jwks",
    "authorize": "/auth",
    "discovery": "/.well-known/openid-configuration",
}


@dataclass(frozen=True, slots=True)
class Peer:
    side: Side
    pids: tuple[int, ...]
    version: str
    """Of oidc-provider, and of Node."""


class Seeder:
    """A second process over the same store, which puts there what the peer's own flow would."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own programs
            command, env=environment, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, what: str, **details: Any) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the seeder has no pipes")
        stdin.write(json.dumps({"what": what, **details}) + "\n")
        stdin.flush()
        while line := stdout.readline():
            if line.startswith(("[", '"')):  # the library's own notices come as text
                return json.loads(line)
        raise RuntimeError("the seeder ended")

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def running(folder: Path, redis_port: int, *, node: str) -> Iterator[Peer]:
    port, key, secret = free_port(), Key(), new_secret()
    issuer = f"http://localhost:{port}"
    signing = Key()
    setting = {
        "issuer": issuer,
        "jwks": {"keys": [signing.private_jwk]},
        "cookieKey": new_secret(),
        "resource": RESOURCE,
        "clients": _clients(secret, key),
    }
    environment = {
        **os.environ,
        "NODE_ENV": "production",
        "PEER_PORT": str(port),
        "PEER_REDIS": f"redis://127.0.0.1:{redis_port}/1",
        "PEER_SETTING": json.dumps(setting),
    }
    pin(SERVER_CORE)
    try:
        with (folder / "peer.log").open("ab") as log:
            server = subprocess.Popen(  # noqa: S603 - our own programs
                [node, "serve.mjs"],
                env=environment,
                cwd=HERE,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
    finally:
        pin(LOAD_CORE)
    try:
        wait_for(lambda: _answers(port), "oidc-provider", server)
        seeder = Seeder([node, "seed.mjs"], environment)
        try:
            side = Side(
                issuer=issuer,
                address=("127.0.0.1", port),
                paths=PATHS,
                cookie=seeder.ask("session", clients=[BASIC, SIGNED]),
                secret=secret,
                key=key,
                resource=RESOURCE,
                copies=lambda client, code, count, scope: seeder.ask(
                    "codes", client=client, like=code, count=count, scope=scope
                ),
            )
            yield Peer(side, (server.pid,), _version(node))
        finally:
            seeder.close()
    finally:
        end(server)


def find_node() -> str | None:
    """The `node` in PATH, where the bench's packages are installed."""
    installed = (HERE.parents[2] / "node_modules" / "oidc-provider").exists()
    return shutil.which("node") if installed else None


def _clients(secret: str, key: Key) -> list[dict[str, Any]]:
    both = {
        "redirect_uris": [REDIRECT_URI],
        "response_types": ["code"],
        "scope": OFFLINE_SCOPE,
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    }
    signed = {"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256"}
    return [
        {**both, "client_id": BASIC, "client_secret": secret},
        {**both, **signed, "client_id": SIGNED, "jwks": {"keys": [key.jwk]}},
    ]


def _version(node: str) -> str:
    package = HERE.parents[2] / "node_modules" / "oidc-provider" / "package.json"
    runs = subprocess.run(  # noqa: S603 - our own program
        [node, "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return f"oidc-provider {json.loads(package.read_text('utf-8'))['version']}, Node {runs}"


def _answers(port: int) -> bool:
    try:
        status, _, _ = ask(("127.0.0.1", port), b"GET /jwks HTTP/1.1\r\nHost: localhost\r\n\r\n")
    except OSError:
        return False
    return status == 200
