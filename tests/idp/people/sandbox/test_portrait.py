"""Drawn faces: the same each time, different from each other, and faces to a detector."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np

from idp.people.resident_number import Sex
from idp.people.sandbox.population import population
from idp.people.sandbox.portrait import HEIGHT_PX, WIDTH_PX, portrait

TODAY = date(2026, 11, 22)


def test_the_same_arguments_draw_the_same_picture() -> None:
    assert portrait(3, sex=Sex.MALE, age=40) == portrait(3, sex=Sex.MALE, age=40)


def test_the_picture_is_a_small_jpeg() -> None:
    encoded = portrait(5, sex=None, age=30)
    assert len(encoded) < 30_000
    picture = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert picture.std() > 30


def test_nobody_shares_a_photo() -> None:
    photos = [person.photo() for person in population(TODAY) if person.has_photo]
    assert len(set(photos)) == len(photos) > 20
