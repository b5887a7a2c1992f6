"""`python -m liveness models`: install, add, verify and list the networks."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from liveness.commands.networks import DEFAULT_DIRECTORY
from liveness.errors import InstallFailed, ModelMissing, ModelTampered, ModelUnfit
from liveness.manifest import BUILT_IN, Download, Manifest, Model, Source, read_manifest
from liveness.packs import installed_packs, known_pack, pack_directory, pack_names, read_pack


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    kinds = commands.add_parser("models", help="the networks").add_subparsers(required=True)
    for name, run, words in (
        ("install", _install, "fetch what is missing, pinned by sha256"),
        ("verify", _verify, "check every file's sha256, packs too, and that every network answers"),
        ("list", _list, "name every network with role, source and licence"),
        ("add", _add, "copy networks from a directory into a pack"),
    ):
        command = kinds.add_parser(name, help=words)
        command.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY)
        command.set_defaults(run=run)
        if name == "install":
            command.add_argument("--pack", choices=pack_names(), help="fetch this pack from the web instead")
        if name == "add":
            command.add_argument(
                "source", type=Path, metavar="DIR", help="with a models.toml, or a known pack's files"
            )
            command.add_argument("--name", help="of the pack (the directory's)")


def _install(options: argparse.Namespace) -> int:
    if options.pack:
        return _install_pack(options.directory, options.pack)
    from liveness.installing import install

    written = install(options.directory)
    print(f"{len(written)} files written, the pack in {options.directory} is whole")
    return 0


def _install_pack(directory: Path, name: str) -> int:
    from liveness.packs.adding import install_pack

    pack = known_pack(directory, name)
    assert pack is not None  # the parser knows the names
    try:
        written = install_pack(pack, pack_directory(directory, name))
    except InstallFailed as error:
        raise InstallFailed(
            f"{error}\nBring the files here by other means, then: python -m liveness models add DIR"
        ) from error
    print(f"{len(written)} files written, the pack {name} is whole")
    _say_how_to_use(name)
    return 0


def _add(options: argparse.Namespace) -> int:
    from liveness.packs.adding import add_pack

    name = add_pack(options.source, options.directory, name=options.name)
    print(f"the pack {name} is in {pack_directory(options.directory, name)}")
    _say_how_to_use(name)
    return 0


def _say_how_to_use(name: str) -> None:
    print(f'a provider uses it with `packs = ["{name}"]` under [liveness], a command with --pack {name}')


def _verify(options: argparse.Namespace) -> int:
    from liveness.files import check_file
    from liveness.trying import try_out

    failed = 0
    for pack, manifest in _manifests(options.directory):
        for model in manifest.models:
            try:
                check_file(model)
                try_out(model)
            except (ModelMissing, ModelTampered, ModelUnfit) as error:
                failed += 1
                print(f"FAIL  {error}")
            else:
                print(f"ok    {pack}{model.path.name}  {model.sha256}")
    return 1 if failed else 0


def _list(options: argparse.Namespace) -> int:
    manifests = list(_manifests(options.directory))
    there = installed_packs(options.directory)
    for name in pack_names():
        pack = known_pack(options.directory, name)
        if name not in there and pack is not None:
            manifests.append((f"{name}/", pack))
    for pack_name, manifest in manifests:
        for model in manifest.models:
            state = "installed" if model.path.is_file() else "missing"
            use = ", optional" if model.optional else ""
            name, file, origin = pack_name + model.name, model.path.name, _origin(model, manifest)
            print(f"{model.role:<10} {name:<26} {state:<9} {file:<34} {origin}{use}")
            print(f"{'':<10} licence: {model.licence}")
    return 0


def _origin(model: Model, manifest: Manifest) -> str:
    if isinstance(model.source, Source):
        archive = manifest.archives[model.source.archive]
        return f"{archive.registry}:{archive.package} {archive.version}"
    return model.source.url if isinstance(model.source, Download) else "own"


def _manifests(directory: Path) -> Iterator[tuple[str, Manifest]]:
    """The built-in networks, then each installed pack, by the prefix that tells them apart."""
    yield "", read_manifest(BUILT_IN, directory)
    for name in installed_packs(directory):
        yield f"{name}/", read_pack(directory, name)
