"""On drawn faces: this holds the way from pictures to a table, and no figure of a network."""

from __future__ import annotations

import tomllib
from datetime import date
from itertools import combinations, islice
from pathlib import Path

import pytest

from idp.people.sandbox.population import population
from liveness.__main__ import main
from liveness.onnx import ModelPack
from tests.virtual_person import VirtualPerson


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory, modelled: VirtualPerson) -> Path:
    """Sixteen persons, of one of them two pictures, and two files without a face."""
    directory = tmp_path_factory.mktemp("pairs")
    portraits = (somebody.photo() for somebody in population(date(2026, 3, 1)))
    photos = list(islice(filter(None, portraits), 15))
    names = [f"{index}.img" for index in range(len(photos))]
    for name, photo in zip(names, photos, strict=True):
        (directory / name).write_bytes(photo)
    person = modelled.again()
    (directory / "v.jpg").write_bytes(person.photo())
    (directory / "v2.jpg").write_bytes(person.photo())
    (directory / "text.jpg").write_bytes(b"no picture")
    lines = [f"{a},{b},0" for a, b in combinations([*names, "v.jpg"], 2)]
    lines += ["v.jpg,v2.jpg,1", "v.jpg,text.jpg,1", "v.jpg,missing.jpg,0"]
    (directory / "pairs.csv").write_text("\n".join(["a,b,same", *lines]))
    return directory / "pairs.csv"


@pytest.mark.parametrize("network", ["sface", "fr_feature"])
def test_a_table_comes_out_that_a_manifest_takes(
    pairs: Path, pack: ModelPack, network: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    directory = str(pack.one("detector").path.parent)
    assert main(["match", str(pairs), "--directory", directory, "--match-network", network]) == 0
    said = capsys.readouterr()
    assert f"network {network}, 19 pictures, in 2 of them no face" in said.out
    assert "1 pairs of one person, 120 of two" in said.out
    assert "left out for want of a face: 1 and 1" in said.out
    assert "missing.jpg: No such file" in said.err
    table = said.out[said.out.index("# from") :]
    assert list(tomllib.loads(table)["far"][network]) == ["0.1"]
    own = tmp_path / "models.toml"
    own.write_text("[gates]\nsame_face = 0.3\n" + table)
    chosen = ModelPack.load(directory, override=own, match_network=network, match_far=0.1)
    assert chosen.thresholds.match == tomllib.loads(table)["far"][network]["0.1"]


def test_too_few_pairs_make_no_table(pairs: Path, pack: ModelPack, capsys: pytest.CaptureFixture[str]):
    few = pairs.with_name("few.csv")
    few.write_text("a,b,same\n0.img,v.jpg,0\n")
    directory = str(pack.one("detector").path.parent)
    assert main(["match", str(few), "--directory", directory]) == 1
    out = capsys.readouterr().out
    assert "1 in 10 takes 100" in out
    assert "[far" not in out
    assert main(["match", str(few.with_name("none.csv")), "--directory", directory]) == 2
