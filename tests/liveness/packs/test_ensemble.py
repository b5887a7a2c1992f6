"""Networks of a pack that joins vote beside those that are there; others replace them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from liveness import Engine, FrameFacts, ModelPack, Verdict
from liveness.packs.adding import add_pack
from tests.liveness.networks import write_pad_override
from tests.liveness.playing import Session

ATTACK, LIVE = (9.0, -9.0, 9.0), (-9.0, 9.0, -9.0)


@pytest.fixture
def models(pack: ModelPack, tmp_path: Path) -> Path:
    installed = pack.one("detector").path.parent
    return shutil.copytree(installed, tmp_path / "models", ignore=shutil.ignore_patterns("packs"))


def with_pack(
    models: Path, *answers: tuple[float, float, float], joins: bool, weight: float = 1.0
) -> ModelPack:
    manifest = write_pad_override(models.parent / "own", *answers, weight=weight)
    if joins:
        manifest.write_text('joins = ["pad"]\n' + manifest.read_text())
    add_pack(manifest.parent, models)
    return ModelPack.load(models, packs=["own"])


def seen_by(pack: ModelPack, passed: Session) -> Verdict:
    session = Session(Engine(pack), passed.challenge)
    session.film(passed.images)
    return session.engine.judge(session.challenge, session.facts)


def antispoof(verdict: Verdict) -> float:
    return next(gate.score for gate in verdict.gates if gate.name == "antispoof")


def test_an_installed_pack_that_is_not_named_says_nothing(models: Path):
    with_pack(models, ATTACK, joins=True)
    assert [model.name for model in ModelPack.load(models).all("pad")] == ["fr_liveness"]


def test_a_joining_pack_votes_beside_the_registrys_network(models: Path, passed: Session):
    alone = antispoof(passed.engine.judge(passed.challenge, passed.facts))
    pack = with_pack(models, ATTACK, ATTACK, joins=True)
    verdict = seen_by(pack, passed)
    assert antispoof(verdict) == pytest.approx(alone / 3, abs=0.01)
    assert not verdict.live
    names = {name for name in verdict.models if name.startswith("pad/")}
    assert names == {"pad/fr_liveness", "pad/own_0", "pad/own_1"}


def test_its_weight_counts_against_theirs(models: Path, passed: Session):
    alone = antispoof(passed.engine.judge(passed.challenge, passed.facts))
    verdict = seen_by(with_pack(models, LIVE, joins=True, weight=3.0), passed)
    assert antispoof(verdict) == pytest.approx((alone + 3) / 4, abs=0.01)


def test_a_pack_that_does_not_join_replaces_the_role(models: Path):
    pack = with_pack(models, LIVE, joins=False)
    assert [model.name for model in pack.all("pad")] == ["own_0"]


def test_facts_of_another_set_of_networks_do_not_count(models: Path, passed: Session):
    """A session that began before a process knew the pack is refused rather than half judged."""
    pack = with_pack(models, LIVE, joins=True)
    facts: list[FrameFacts] = passed.facts
    verdict = Engine(pack).judge(passed.challenge, facts)
    assert [gate.name for gate in verdict.gates if not gate.passed] == ["antispoof"]
