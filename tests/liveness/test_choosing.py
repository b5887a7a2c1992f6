"""Layers of configuration: built-in, packs, own manifest, settings."""

from pathlib import Path

import pytest

from liveness import Engine, ManifestInvalid, ModelPack
from liveness.choosing import choose
from tests.liveness.playing import Session
from tests.virtual_person import VirtualPerson

FAR = """
[far.fr_feature]
"0.001" = 0.45
"0.01" = 0.35
"""
SAME_FACE = "[gates]\nsame_face = 0.28\n"


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "models.toml"
    path.write_text(text)
    return path


def test_the_settings_speak_last(tmp_path: Path):
    override = own(tmp_path, "[gates]\nplanarity = 0.08\nquality = 0.6\nmatch = 0.5\n")
    found = choose(tmp_path, override=override, thresholds={"quality": 0.7}).thresholds
    assert (found.planarity, found.quality, found.match, found.frames) == (0.08, 0.7, 0.5, 0.6)


@pytest.mark.parametrize(
    ("thresholds", "says"),
    [({"planaritee": 0.5}, "planaritee"), ({"planarity": "high"}, "planarity"), ({"match": 2}, "match")],
)
def test_a_wrong_threshold_is_refused_by_its_name(tmp_path: Path, thresholds: dict[str, float], says: str):
    with pytest.raises(ManifestInvalid, match=says):
        choose(tmp_path, thresholds=thresholds)


def test_a_manifest_has_to_name_every_gate(tmp_path: Path):
    bare = own(tmp_path, "[gates]\nplanarity = 0.08\n")
    with pytest.raises(ManifestInvalid, match=r"needs .*'antispoof'.*'quality'"):
        choose(tmp_path, manifest=bare)


def test_a_network_without_figures_cannot_be_chosen_for_the_match(tmp_path: Path):
    with pytest.raises(ManifestInvalid, match="no figure for fr_feature"):
        choose(tmp_path, match_network="fr_feature")
    with pytest.raises(ManifestInvalid, match=r"no network 'fr_featur' .* there are sface, fr_feature"):
        choose(tmp_path, match_network="fr_featur")
    with pytest.raises(ManifestInvalid, match="no figure for sface at a FAR of 1e-06"):
        choose(tmp_path, match_far=1e-6)
    # A cosine of sface says nothing about another network: same_face is not carried over in silence.
    with pytest.raises(ManifestInvalid, match="same_face"):
        choose(tmp_path, match_network="fr_feature", override=own(tmp_path, FAR))


def test_who_states_its_figures_can_choose_it(tmp_path: Path):
    chosen = choose(
        tmp_path, match_network="fr_feature", match_far=0.01, override=own(tmp_path, SAME_FACE + FAR)
    )
    assert [m.name for m in chosen.models if m.role == "embedding"] == ["fr_feature"]
    assert (chosen.thresholds.match, chosen.thresholds.same_face) == (0.35, 0.28)


def test_the_cheaper_network_tells_faces_apart_too(
    pack: ModelPack, passed: Session, person: VirtualPerson, tmp_path: Path, stranger: bytes
):
    """Drawn faces: this holds the recipe of its input, not its figures."""
    cheaper = ModelPack.load(
        pack.one("detector").path.parent,
        match_network="fr_feature",
        override=own(tmp_path, SAME_FACE + FAR),
    )
    session = Session(Engine(cheaper), passed.challenge)
    session.film(passed.images)
    verdict = session.engine.judge(session.challenge, session.facts, person.photo())
    assert (verdict.live, verdict.matched) == (True, True)
    assert verdict.models["embedding/fr_feature"] == cheaper.one("embedding").sha256
    other = session.engine.judge(session.challenge, session.facts, stranger)
    assert other.matched is False
    mixed = passed.engine.judge(session.challenge, session.facts, person.photo())
    assert mixed.matched is False  # vectors of two networks have nothing in common
