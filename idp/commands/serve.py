"""`idp serve`: granian and the worker, looked after together."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from idp import core_dumps
from idp import settings as settings_module
from idp.commands.supervisor import Program, Supervisor
from idp.settings import ROOT, Settings

FEWER_ARENAS = {"MALLOC_ARENA_MAX": "2"}
"""Each thread's own arena of glibc's allocator keeps what a face check needed: with 16 threads 282 MB
at the peak, with two arenas 222, at no cost that could be measured."""

SOCKET_PERMISSIONS = "0o660"
"""Whoever may write to it may say of each request where it comes from."""


@click.command()
@click.option("--tls", is_flag=True, help="Serve https with a self-signed certificate of its own making.")
def serve(tls: bool) -> None:
    """Serve the provider, with the worker beside it."""
    core_dumps.forbid()
    environment = dict(os.environ)
    settings = settings_module.load(environment)
    certificate = None
    if tls:
        from idp.commands.certificate import self_signed

        settings, environment = over_tls(settings, environment)
        certificate = self_signed(settings.path(settings.data_directory) / "tls", settings.issuer)
    sys.exit(Supervisor(provider(settings, environment, certificate)).run())


def over_tls(settings: Settings, environment: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """The same provider, known by https instead of http."""
    issuer = settings.issuer.replace("http:", "https:", 1)
    changed = {**environment, "IDP_ISSUER": issuer}
    return settings_module.load(changed), changed


def provider(
    settings: Settings, environment: Mapping[str, str], certificate: tuple[Path, Path] | None = None
) -> list[Program]:
    server = settings.server
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "wsgi:app"]
    if server.unix_socket:
        argv += ["--uds", server.unix_socket, "--uds-permissions", SOCKET_PERMISSIONS]
    else:
        argv += ["--host", server.host, "--port", str(server.port)]
    argv += ["--working-dir", str(ROOT)]
    argv += ["--workers", str(server.workers), "--blocking-threads", str(server.threads)]
    # A worker that fails is started again; the backlog bounds what waits meanwhile.
    argv += ["--respawn-failed-workers", "--backlog", "1024", "--log-level", "error"]
    argv += ["--workers-kill-timeout", "8"]
    if certificate is not None:
        argv += ["--ssl-certificate", str(certificate[0]), "--ssl-keyfile", str(certificate[1])]
    worker = [sys.executable, "-m", "idp", "worker"]
    return [
        Program("provider", argv, FEWER_ARENAS | dict(environment)),
        Program("worker", worker, environment),
    ]
