"""`python -m liveness`: install and verify the networks, check a directory of frames."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from liveness.errors import InstallFailed, ManifestInvalid, ModelMissing, ModelTampered
from liveness.onnx import ModelPack

DEFAULT_DIRECTORY = Path("var/models")


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code: 0 done or live, 1 refused or not whole, 2 wrong use, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (InstallFailed, ManifestInvalid, ModelMissing, ModelTampered) as error:
        print(f"liveness: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # what is installed so far is whole; a second run goes on from there


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m liveness", description="Server-side face liveness.")
    commands = parser.add_subparsers(required=True)
    models = commands.add_parser("models", help="the networks").add_subparsers(required=True)
    for name, run, words in (
        ("install", _install, "fetch what is missing, from the registries, pinned by sha256"),
        ("verify", _verify, "check every file's sha256"),
        ("list", _list, "name every network with role, source and licence"),
    ):
        command = models.add_parser(name, help=words)
        command.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY)
        command.set_defaults(run=run)
    check = commands.add_parser("check", help="judge a directory of frames, in the order of their names")
    check.add_argument("frames", type=Path, metavar="DIR")
    check.add_argument("--fps", type=float, default=12.0, help="frames a second (12)")
    check.add_argument("--actions", default="", help="what was asked, in order, such as blink,turn_left")
    check.add_argument("--reference", type=Path, help="the photo to match with")
    check.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="of the networks")
    check.add_argument("--override", type=Path, help="an own manifest that replaces roles")
    check.set_defaults(run=_check)
    return parser


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


def _check(options: argparse.Namespace) -> int:
    from liveness.checking import check

    return check(
        options.frames,
        fps=options.fps,
        actions=options.actions,
        reference=options.reference,
        pack=ModelPack.load(options.directory, override=options.override),
    )


if __name__ == "__main__":
    sys.exit(main())
