"""The sample configuration of nginx, run: TLS ends there, and certificates of browsers are read there."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.journeys.stack import ROOT
from tests.servers import certificate_for, need, wait_for

SAMPLE: Final = ROOT / "config" / "nginx.conf"
AROUND: Final = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/sample.conf;
}}
"""
DEBIANS: Final = Path("/usr/sbin/nginx")
HOSTS: Final = ("id", "mtls", "key")
AUTHORITIES: Final = ("authorities-of-clients", "authorities-of-licences")


@contextmanager
def running(folder: Path, *, provider: str, ports: Mapping[str, int], authorities: bytes) -> Iterator[None]:
    """`provider`: host and port of ours; `ports`: of the sample's hosts; `authorities`: whose certificates
    browsers offer, PEM."""
    text = SAMPLE.read_text("utf-8").replace("unix:/run/yitong/provider.sock", provider)
    text = text.replace("/etc/nginx/tls", str(folder))
    for host in HOSTS:
        name = "id.example.gov.cn" if host == "id" else f"{host}.id.example.gov.cn"
        certificate, key = certificate_for("localhost")
        text = re.sub(
            rf"listen 443 ssl;\n(\s+)server_name {re.escape(name)};",
            rf"listen 127.0.0.1:{ports[host]} ssl;\n\1server_name localhost;",
            text,
        )
        (folder / f"{host}.crt").write_bytes(certificate)
        (folder / f"{host}.key").write_bytes(key)
    assert "listen 443" not in text
    for one in AUTHORITIES:
        (folder / f"{one}.crt").write_bytes(authorities)
    (folder / "sample.conf").write_text(text, "utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder), "utf-8")
    files = ["-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen([_program(), *files], env={"PATH": os.environ["PATH"]}) as process:
        try:
            wait_for(lambda: all(_listens(port) for port in ports.values()), "nginx", process)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _program() -> str:
    """Debian keeps it where only root's PATH looks."""
    return str(DEBIANS) if DEBIANS.exists() else need("nginx")


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
