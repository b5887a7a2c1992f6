"""Which networks a command works with: the same options for all of them."""

from __future__ import annotations

import argparse
from pathlib import Path

from liveness.choosing import MATCH_FAR
from liveness.onnx import ModelPack

DEFAULT_DIRECTORY = Path("var/models")


def add_network_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="of the networks")
    command.add_argument(
        "--pack",
        action="append",
        default=[],
        dest="packs",
        metavar="NAME",
        help="an installed pack; may be repeated",
    )
    command.add_argument("--override", type=Path, help="an own manifest that replaces roles")
    command.add_argument("--match-network", metavar="NAME", help="where there are several (sface)")
    command.add_argument(
        "--match-far",
        type=float,
        default=MATCH_FAR,
        metavar="RATE",
        help=f"of strangers that may match ({MATCH_FAR})",
    )


def load_networks(options: argparse.Namespace) -> ModelPack:
    """:raises ManifestInvalid, ModelMissing, ModelTampered: the command line says so and ends with 1."""
    return ModelPack.load(
        options.directory,
        packs=options.packs,
        override=options.override,
        match_network=options.match_network,
        match_far=options.match_far,
    )
