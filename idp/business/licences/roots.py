"""The authorities whose licences are taken: the files that the operator names, nothing else in the folder."""

from collections.abc import Iterable
from pathlib import Path as File
from typing import Final

from idp.business.licences.carriers import read_certificates
from idp.business.licences.certificates import Certificate
from idp.business.licences.path import Path, extensions_are_understood
from idp.business.licences.refusals import LicenceRefused, Rule

SANDBOX_MARK: Final = "2.25.204160374850297187164103265716183205417"
"""An extension of all that the sandbox's authorities issue, and of themselves: good for nothing but trying.
Under 2.25 anybody may make an identifier of a UUID (ITU-T X.667)."""


class RootsWrong(Exception):
    """A file of the setting `licences.roots` that is no root. Names the file."""


def is_sandbox(path: Path) -> bool:
    return any(SANDBOX_MARK in one.extensions for one in path.certificates)


def read_authorities(files: Iterable[File], *, sandbox: bool) -> tuple[Certificate, ...]:
    """Those that issue below the roots: only a help in finding the path. Raises RootsWrong."""
    return tuple(one for file in files for one in _read_authorities(file, sandbox=sandbox))


def read_roots(files: Iterable[File], *, sandbox: bool) -> tuple[Certificate, ...]:
    """Raises RootsWrong. The date is not asked here: a root that runs out must not stop the start."""
    return tuple(_read_root(file, sandbox=sandbox) for file in files)


def _read_root(file: File, *, sandbox: bool) -> Certificate:
    try:
        certificates = read_certificates(file.read_bytes())
        if len(certificates) != 1:
            raise RootsWrong(f"{file.name}: a file holds one root")
        (root,) = certificates
        if not root.is_self_issued:
            raise LicenceRefused(Rule.PATH, "not a root: it was issued by another authority")
        root.was_signed_by(root)
        _is_an_authority(root)
    except OSError as error:
        raise RootsWrong(f"{file.name}: {error.strerror}") from None
    except LicenceRefused as refused:
        raise RootsWrong(f"{file.name}: {refused.reason}") from None
    if SANDBOX_MARK in root.extensions and not sandbox:
        raise RootsWrong(f"{file.name}: a root of the sandbox")
    return root


def _read_authorities(file: File, *, sandbox: bool) -> tuple[Certificate, ...]:
    try:
        certificates = read_certificates(file.read_bytes())
        for one in certificates:
            _is_an_authority(one)
    except OSError as error:
        raise RootsWrong(f"{file.name}: {error.strerror}") from None
    except LicenceRefused as refused:
        raise RootsWrong(f"{file.name}: {refused.reason}") from None
    if not sandbox and any(SANDBOX_MARK in one.extensions for one in certificates):
        raise RootsWrong(f"{file.name}: an authority of the sandbox")
    return certificates


def _is_an_authority(root: Certificate) -> None:
    extensions_are_understood(Path((root,)))
    if not root.is_authority or root.usages is None or "key_cert_sign" not in root.usages:
        raise LicenceRefused(Rule.AUTHORITIES, "not an authority's certificate")
