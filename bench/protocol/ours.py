"""Our provider as `idp serve` runs it: granian, one worker; filled through its own rules."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import idp.models  # noqa: F401 - every table
from bench.protocol.meters import LOAD_CORE, SERVER_CORE, family, pin
from bench.protocol.seeding import Collected
from bench.protocol.wire import BASIC, OFFLINE_SCOPE, REDIRECT_URI, SIGNED, VERIFIER, Key, Side
from idp import browser, sessions
from idp import settings as settings_module
from idp.audit.context import AuditContext
from idp.commands.database import migrate_to, open_main_database
from idp.commands.keys import rotate_signing_keys
from idp.commands.opening import opened
from idp.commands.sandbox import apply_manifests
from idp.commands.serve import provider as programs
from idp.crypto import master_key
from idp.crypto.digests import new_secret
from idp.extensions import Services
from idp.oidc import sharing
from idp.oidc.endpoints import discovery
from idp.oidc.provider import Provider, open_provider
from idp.oidc.token import codes
from idp.oidc.token.codes import Presented
from idp.people import directory
from idp.people.models import Person
from idp.session_proofs import Proof
from idp.storage.base import new_id
from tests.ports import free_port
from tests.servers import end, wait_for

PATHS = {
    "token": discovery.PATHS["token_endpoint"],
    "introspection": discovery.PATHS["introspection_endpoint"],
    "userinfo": discovery.PATHS["userinfo_endpoint"],
    "jwks": discovery.PATHS["jwks_uri"],
    "authorize": discovery.PATHS["authorization_endpoint"],
    "discovery": "/.well-known/openid-configuration",
}


@dataclass(frozen=True, slots=True)
class Ours:
    side: Side
    pids: tuple[int, ...]
    provider: Provider
    """The same one in this process, for what is prepared and for the floor."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A provider that was filled and does not run yet."""

    folder: Path
    environment: Mapping[str, str]
    services: Services
    """The same one in this process, for what is prepared, for the floor, and to look at what was kept."""
    provider: Provider
    side: Side


@contextmanager
def running(folder: Path, database: str, ephemeral: str, *, threads: int) -> Iterator[Ours]:
    """`database`, `ephemeral`: URLs. The server runs on its core, the caller goes on on the other."""
    with prepared(folder, database, ephemeral, threads=threads) as found:
        server = _started(folder, found.environment, found.side.address[1])
        try:
            yield Ours(found.side, family(server.pid), found.provider)
        finally:
            end(server)


@contextmanager
def prepared(folder: Path, database: str, ephemeral: str, *, threads: int) -> Iterator[Prepared]:
    port = free_port()
    environment = _environment(folder, port, database, ephemeral, threads)
    settings = settings_module.load(environment)
    master_key.write_new(
        settings.path(settings.secrets.file), master_key.generate(datetime.now(UTC), purpose="development")
    )
    engine = open_main_database(settings)
    migrate_to(engine)
    engine.dispose()
    key = Key()
    with opened(environment) as services:
        rotate_signing_keys(services, actor="operator")
        apply_manifests(services, _manifests(folder, key))
        cookie = _signed_in(services)
        found = _provider(services)
        side = Side(
            issuer=settings.issuer,
            address=("127.0.0.1", port),
            paths=PATHS,
            cookie=cookie,
            secret=(folder / "secret").read_text("ascii").strip(),
            key=key,
            resource=None,
            copies=lambda client, code, count, scope: copies(found, ephemeral, client, code, count, scope),
        )
        yield Prepared(folder, environment, services, found, side)


def copies(provider: Provider, store_url: str, client: str, code: str, count: int, scope: str) -> list[str]:
    """So many codes like the given one, which is used up; put into the store at once."""
    presented = Presented(client, REDIRECT_URI, VERIFIER)
    authorization, _ = codes.redeem(provider.store, provider.grant_key, code, presented, provider.clock())
    like = replace(authorization, scopes=tuple(scope.split()))
    collected = Collected(provider.clock)
    made = [
        codes.issue(
            collected,
            provider.grant_key,
            like,
            seconds=provider.protocol.authorization_code_seconds,
            token_seconds=provider.protocol.access_token_seconds,
        )[0]
        for _ in range(count)
    ]
    collected.hand_on(provider.store, store_url)
    return made


def _environment(folder: Path, port: int, database: str, ephemeral: str, threads: int) -> Mapping[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    return inherited | {
        "IDP_ISSUER": f"http://localhost:{port}",
        "IDP_SERVER__PORT": str(port),
        "IDP_SERVER__THREADS": str(threads),
        "IDP_DATA_DIRECTORY": str(folder),
        "IDP_DATABASE__URL": database,
        "IDP_EPHEMERAL__URL": ephemeral,
        "IDP_SECRETS__FILE": str(folder / "master.json"),
        "IDP_AUDIT__ANCHOR_DIRECTORY": str(folder / "anchors"),
        "IDP_PROTOCOL__AUTHORIZATION_CODE_SECONDS": "600",
        # Spent and shown like any other, and never used up.
        "IDP_CLIENT_LIMITS__REQUESTS_PER_MINUTE": "1000000",
        "IDP_CLIENT_LIMITS__SIGN_INS_PER_DAY": "0",
    }


def _manifests(folder: Path, key: Key) -> list[Path]:
    both = {
        "sector": "client.example",
        "client_name": "The bench's client",
        "redirect_uris": [REDIRECT_URI],
        "id_token_signed_response_alg": "ES256",
        "scope": OFFLINE_SCOPE,
    }
    grants = ["authorization_code", "refresh_token"]
    basic = {
        "client_id": BASIC,
        "grant_types": [*grants, "client_credentials"],
        "token_endpoint_auth_method": "client_secret_basic",
        "secret_file": str(folder / "secret"),
    }
    signed = {
        "client_id": SIGNED,
        "grant_types": grants,
        "token_endpoint_auth_method": "private_key_jwt",
    }
    jwk = ", ".join(f'{name} = "{value}"' for name, value in key.jwk.items())
    files = []
    for client, more in ((basic, ""), (signed, f"jwks = {{ keys = [{{ {jwk} }}] }}\n")):
        file = folder / f"{client['client_id']}.toml"
        # JSON's texts and lists of texts are TOML's.
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in {**both, **client}.items()]
        file.write_text("".join(lines) + more, "utf-8")
        files.append(file)
    return files


def _signed_in(services: Services) -> str:
    """A person, their session and what they agreed to; the cookies of their browser."""
    now, protocol = services.clock(), services.settings.protocol
    person_id = new_id(now)
    person = Person(
        id=person_id, level=2, verified_at=now, birth_date=date(1949, 12, 31), sex="female", created_at=now
    )
    directory.set_name(person, "张三丰", services.cipher)
    with services.sessions.begin() as session:
        session.add(person)
        session.flush()
        proof = Proof("password", 2, now, ("pwd",))
        _, secret = sessions.open(session, person_id, proof, now=now, settings=protocol)
        for client in (BASIC, SIGNED):
            scopes = tuple(OFFLINE_SCOPE.split())
            sharing.agree(
                session,
                person_id,
                client,
                scopes,
                "sign-in",
                asked=scopes,
                days=protocol.consent_days,
                context=AuditContext(at=now),
            )
    return f"{browser.COOKIE}={new_secret()}; {sessions.COOKIE}={secret}"


def _provider(services: Services) -> Provider:
    return open_provider(
        services.settings,
        clock=services.clock,
        engine=services.engine,
        store=services.store,
        master_keys=services.master_keys,
        cipher=services.cipher,
        audit=services.audit,
        outbound=services.outbound,
        outbound_to_clients=services.outbound_to_clients,
    )


def _started(folder: Path, environment: Mapping[str, str], port: int) -> "subprocess.Popen[bytes]":
    (program,) = [
        found
        for found in programs(settings_module.load(environment), environment)
        if found.name == "provider"
    ]
    pin(SERVER_CORE)
    try:
        with (folder / "server.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own programs
                program.argv, env=dict(program.environment), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
    finally:
        pin(LOAD_CORE)
    wait_for(lambda: answers(port), "the provider", process)
    return process


def answers(port: int) -> bool:
    from bench.protocol.load import ask

    try:
        status, _, _ = ask(("127.0.0.1", port), b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    except OSError:
        time.sleep(0.1)
        return False
    return status == 200
