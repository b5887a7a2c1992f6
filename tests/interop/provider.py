"""The running provider with the clients of `clients/*.toml`, and what each program has to be told."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.idp.oidc.clients.signing import jwks_of, new_key
from tests.journeys.stack import Stack
from tests.ports import free_ports

MANIFESTS = sorted((Path(__file__).parent / "clients").glob("*.toml"))
EXAMPLE_PORT = re.compile(r"(?<=:)81\d\d\b")
"""Of a client that listens."""


@dataclass(frozen=True)
class Registered:
    """One client, as its developer knows it."""

    metadata: dict[str, Any]
    secret: str = ""
    key: dict[str, str] | None = None
    """Private JWK of who proves itself by one."""
    opener: dict[str, str] | None = None
    """Private JWK of whom everything is encrypted to."""

    @property
    def client_id(self) -> str:
        return str(self.metadata["client_id"])

    @property
    def redirect_uri(self) -> str:
        return str(self.metadata["redirect_uris"][0])

    @property
    def origin(self) -> str:
        return "/".join(self.redirect_uri.split("/")[:3])

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])

    def told(self, issuer: str) -> dict[str, Any]:
        """All that a program gets to know."""
        said = {"issuer": issuer, "client_id": self.client_id, "scope": self.metadata["scope"]}
        for name in ("redirect_uri", "post_logout_redirect_uri"):
            if registered := self.metadata.get(f"{name}s"):
                said[name] = registered[0]
        if self.secret:
            said["client_secret"] = self.secret
        if self.key:
            said["key"] = self.key
        if self.opener:
            said["opener"] = self.opener
        return said


def ports() -> dict[str, int]:
    """Example port -> one that is free."""
    examples = sorted({port for file in MANIFESTS for port in EXAMPLE_PORT.findall(file.read_text("utf-8"))})
    return dict(zip(examples, free_ports(len(examples)), strict=True))


def register(stack: Stack, listening: Mapping[str, int]) -> dict[str, Registered]:
    """All manifests, as an operator registers them; by client_id. `listening`: what `ports` gave."""
    made: list[Path] = []
    keys: dict[str, Any] = {}
    openers: dict[str, Any] = {}
    for manifest in MANIFESTS:
        text = manifest.read_text("utf-8").replace("var/clients/", f"{stack.folder}/")
        text = EXAMPLE_PORT.sub(lambda found: str(listening[found.group()]), text)
        if "private_key_jwt" in text:
            key = new_key("ES256", use="sig", alg="ES256")
            keys[manifest.stem] = key.as_dict(private=True)
            text += _as_toml(jwks_of(key)["keys"])
        if "_encrypted_response_alg" in text:
            opener = new_key("ES256", use="enc")  # the same curve
            openers[manifest.stem] = opener.as_dict(private=True)
            text += _as_toml(jwks_of(opener)["keys"])
        file = stack.folder / manifest.name
        file.write_text(text, "utf-8")
        made.append(file)
    stack.command("clients", "apply", "--yes", *map(str, made))
    return {file.stem: _registered(stack, file, keys.get(file.stem), openers.get(file.stem)) for file in made}


def _as_toml(keys: list[dict[str, str]]) -> str:
    tables = ("\n".join(f"{name} = {json.dumps(value)}" for name, value in key.items()) for key in keys)
    return "".join(f"\n[[jwks.keys]]\n{table}\n" for table in tables)


def _registered(
    stack: Stack, file: Path, key: dict[str, str] | None, opener: dict[str, str] | None
) -> Registered:
    secret = stack.folder / f"{file.stem}.secret"
    text = secret.read_text("utf-8").strip() if secret.exists() else ""
    return Registered(tomllib.loads(file.read_text("utf-8")), text, key, opener)
