from __future__ import annotations

import mmap

import pytest

from liveness.benchmark.memory import peak_mb, resident_mb, slope


def test_the_slope_is_the_growth_a_step():
    assert slope([10, 12, 14, 16]) == pytest.approx(2)
    assert slope([5, 5, 5]) == 0
    assert slope([7]) == 0


def test_a_growing_process_is_seen_to_grow():
    before = resident_mb()
    if before is None:
        pytest.skip("this system does not say how much memory a process has")
    # Pages of its own: an allocator may hand out again what earlier tests gave back to it.
    with mmap.mmap(-1, 40_000_000) as kept:
        for page in range(0, len(kept), mmap.PAGESIZE):
            kept[page] = 1
        after = resident_mb()
    assert after is not None
    assert after - before > 30
    assert (peak_mb() or 0) >= 40
