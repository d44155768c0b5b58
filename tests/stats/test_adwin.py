"""Our ADWIN beside River's, and its cuts on streams with known changes."""

from __future__ import annotations

import random

import pytest
from river import drift as river_drift

from streamimb.stats import ADWIN


def test_one_change_is_one_cut_and_the_means_are_those_of_both_sides() -> None:
    after_cuts = []
    for seed in range(10):
        rng, window, cuts = random.Random(seed), ADWIN(), []
        for i in range(30_000):
            window.update(rng.random() < (0.01 if i < 20_000 else 0.05))
            if window.drift_detected:
                cuts.append((i, window.means))
        assert len(cuts) == 1
        assert 20_000 < cuts[0][0] < 20_700
        before, after = cuts[0][1]
        assert before == pytest.approx(0.01, abs=0.003)
        assert after > before
        after_cuts.append(after)
        assert window.get() == pytest.approx(0.05, abs=0.01)
    assert sum(after_cuts) / 10 == pytest.approx(0.06, abs=0.02)  # the clearest cut is where it looks largest


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.1])
def test_a_quiet_stream_is_never_cut_in_300_000_updates(rate: float) -> None:
    rng, window = random.Random(7), ADWIN()
    cuts = 0
    for _ in range(300_000):
        window.update(rng.random() < rate)
        cuts += window.drift_detected
    assert cuts == 0
    assert window.width == 300_000
    assert window.get() == pytest.approx(rate, rel=0.2)


def test_it_is_as_fast_as_river_s_after_a_change() -> None:
    """Delays of 20 streams whose mean rises from .2 to .4: the mean is within 10 % of River's."""
    ours: list[int] = []
    rivers: list[int] = []
    for seed in range(20):
        rng = random.Random(seed)
        values = [rng.random() < (0.2 if i < 3_000 else 0.4) for i in range(6_000)]
        for made, delays in ((ADWIN(), ours), (river_drift.ADWIN(), rivers)):
            for i, value in enumerate(values):
                made.update(value)
                if i >= 3_000 and made.drift_detected:
                    delays.append(i - 3_000)
                    break
    assert len(ours) == len(rivers) == 20
    assert sum(ours) / 20 == pytest.approx(sum(rivers) / 20, rel=0.1)


def test_weights_count_as_repetitions_in_the_mean_and_as_one_large_update_in_the_width() -> None:
    window = ADWIN()
    for i in range(100):
        window.update(i % 2 == 0, 3.0 if i % 2 == 0 else 1.0)
    assert window.get() == pytest.approx(0.75)
    assert window.width == pytest.approx(200**2 / 500)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_value_outside_its_range_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"x: expected a number in \[0, 1\]"):
        ADWIN().update(value)
