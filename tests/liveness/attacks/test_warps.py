"""A photo's lids and mouth move; turned by a shear it stays a plane, turned by a bulge it does not."""

from __future__ import annotations

import numpy as np
import pytest

from liveness import Engine, Face
from liveness.attacks import Portrait
from liveness.attacks.pose import Pose
from liveness.attacks.stage import Floats
from liveness.attacks.warps import Puppet
from liveness.gates.planarity import residual
from tests.liveness.playing import jpeg


@pytest.fixture(scope="module")
def puppet(portrait: Portrait) -> Puppet:
    return Puppet(portrait)


def face(engine: Engine, picture: Floats) -> Face:
    found = engine.read(jpeg(np.clip(picture, 0, 255).astype(np.uint8)), t_ms=0, received_ms=0).face
    assert found is not None
    return found


def points(of: Face) -> np.ndarray:
    return np.array(of.landmarks, np.float64).reshape(68, 2)


def test_at_rest_it_is_the_photo(puppet: Puppet, portrait: Portrait) -> None:
    assert np.abs(puppet.drawn(Pose()) - portrait.picture).max() < 1


def test_painted_lids_are_taken_for_shut(engine: Engine, puppet: Puppet) -> None:
    assert face(engine, puppet.drawn(Pose())).closed < 0.1
    assert face(engine, puppet.drawn(Pose(blink=1))).closed > 0.5


def test_the_jaw_drops(engine: Engine, puppet: Puppet) -> None:
    closed, opened = (face(engine, puppet.drawn(Pose(mouth=mouth))).mouth for mouth in (0, 0.8))
    assert opened > closed + 0.08


def test_a_shear_keeps_the_face_a_plane_and_a_bulge_does_not(engine: Engine, puppet: Puppet) -> None:
    resting = points(face(engine, puppet.drawn(Pose())))
    pose = Pose(yaw_degrees=35)
    sheared, bulged = face(engine, puppet.sheared(pose)), face(engine, puppet.bulged(pose))
    assert residual(resting, points(sheared)) < 0.04
    assert residual(resting, points(bulged)) > 0.05
    assert bulged.yaw > sheared.yaw + 8
