"""Which networks a command works with: the same options for all of them."""

from __future__ import annotations

import argparse
from pathlib import Path

from liveness.onnx import ModelPack

DEFAULT_DIRECTORY = Path("var/models")


def add_network_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="of the networks")
    command.add_argument("--override", type=Path, help="an own manifest that replaces roles")


def load_networks(options: argparse.Namespace) -> ModelPack:
    """:raises ManifestInvalid, ModelMissing, ModelTampered: the command line says so and ends with 1."""
    return ModelPack.load(options.directory, override=options.override)
