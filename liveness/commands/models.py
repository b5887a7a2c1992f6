"""`python -m liveness models`: install, verify and list the networks."""

from __future__ import annotations

import argparse
from pathlib import Path

from liveness.commands.networks import DEFAULT_DIRECTORY
from liveness.errors import ModelMissing, ModelTampered


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    kinds = commands.add_parser("models", help="the networks").add_subparsers(required=True)
    for name, run, words in (
        ("install", _install, "fetch what is missing, from the registries, pinned by sha256"),
        ("verify", _verify, "check every file's sha256"),
        ("list", _list, "name every network with role, source and licence"),
    ):
        command = kinds.add_parser(name, help=words)
        command.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY)
        command.set_defaults(run=run)


def _install(options: argparse.Namespace) -> int:
    from liveness.installing import install

    written = install(options.directory)
    print(f"{len(written)} files written, the pack in {options.directory} is whole")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from liveness.manifest import BUILT_IN, read_manifest
    from liveness.onnx import check_file

    failed = 0
    for model in read_manifest(BUILT_IN, options.directory).models:
        try:
            check_file(model)
        except (ModelMissing, ModelTampered) as error:
            failed += 1
            print(f"FAIL  {error}")
        else:
            print(f"ok    {model.path.name}  {model.sha256}")
    return 1 if failed else 0


def _list(options: argparse.Namespace) -> int:
    from liveness.manifest import BUILT_IN, read_manifest

    manifest = read_manifest(BUILT_IN, options.directory)
    for model in manifest.models:
        archive = manifest.archives[model.source.archive] if model.source else None
        origin = f"{archive.registry}:{archive.package} {archive.version}" if archive else "own"
        state = "installed" if model.path.is_file() else "missing"
        print(f"{model.role:<10} {model.name:<12} {state:<9} {model.path.name:<20} {origin}")
        print(f"{'':<10} licence: {model.licence}")
    return 0
