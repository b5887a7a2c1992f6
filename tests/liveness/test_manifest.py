from pathlib import Path

import pytest

from liveness.errors import ManifestInvalid
from liveness.manifest import BUILT_IN, ROLES, read_manifest

ENTRY = """
[[models]]
name = "own"
role = "pad"
file = "own.onnx"
sha256 = "00"
size = 80
colour = "bgr"
licence = "own"
"""


def read(tmp_path: Path, text: str):
    path = tmp_path / "models.toml"
    path.write_text(text)
    return read_manifest(path, tmp_path)


def test_the_built_in_manifest_fills_every_role_from_pinned_archives():
    manifest = read_manifest(BUILT_IN, Path("models"))
    assert {model.role for model in manifest.models} == set(ROLES)
    for model in manifest.models:
        assert model.source is not None
        assert model.source.archive in manifest.archives
        assert len(model.sha256) == len(model.source.sha256) == 64


def test_an_entry_is_read_with_its_defaults_and_its_file_beside_the_directory(tmp_path: Path):
    (model,) = read(tmp_path, ENTRY + "threshold = 1\n").models
    assert model.path == tmp_path / "own.onnx"
    assert (model.threshold, model.weight, model.source) == (1.0, 1.0, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("models = 3 =", "models.toml"),
        ("[other]\n", "unknown tables"),
        (ENTRY + "tresholt = 1.0\n", "tresholt"),
        (ENTRY.replace('sha256 = "00"\n', ""), "sha256"),
        (ENTRY.replace('"pad"', '"padding"'), "no role"),
        (ENTRY.replace('"bgr"', '"cmyk"'), "colour"),
        (ENTRY.replace('"own.onnx"', '"../own.onnx"'), "plain name"),
        (ENTRY.replace("size = 80", "size = 0"), "above zero"),
        (ENTRY.replace("size = 80", 'size = "80"'), "must be a int"),
        (ENTRY + 'source = { archive = "none", member = "a", sha256 = "00" }\n', "no archive"),
        (ENTRY + 'source = { archive = "none" }\n', "needs"),
        (ENTRY + "source = { url = 3 }\n", "url must be a str"),
        (ENTRY + "optional = true\n", "optional"),
        ('joins = ["embedding"]\n' + ENTRY, "joins"),
        (ENTRY + "[gates]\nplanarity = true\n", "planarity must be a number"),
        (ENTRY + "[gates]\nplanarity = nan\n", "planarity must be a number"),
        (ENTRY + "[gates]\nplanarity = 1.5\n", "planarity must be a number"),
        (ENTRY + "[gates]\nflatness = 0.5\n", r"no \['flatness'\]"),
        (ENTRY + '[far.own]\n"often" = 0.5\n', "no rate"),
        (ENTRY + '[far.own]\n"0.01" = "high"\n', "cosine"),
        (ENTRY + '[far.own]\n"0.01" = 0.5\n"0.001" = 0.4\n', "higher cosine"),
    ],
)
def test_a_wrong_manifest_is_refused_with_the_reason(tmp_path: Path, text: str, says: str):
    with pytest.raises(ManifestInvalid, match=says):
        read(tmp_path, text)
