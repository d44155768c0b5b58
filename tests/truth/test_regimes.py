"""The default sampler and calibrator against streams whose true P(y|x) is known.

Bounds are the mean over seeds, at least four standard deviations of one seed away; `make truth` measures closer.
"""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import experiments
from benchmarks.scores import mean

SEED = 11
BOUNDS = {  # most d; mean p / mean true P on the whole stream; the same over 15,000 events after the jump
    "stat": (0.009, (0.94, 1.16), (0.8, 1.2)),
    "jump": (0.004, (0.98, 1.08), (0.85, 1.18)),
    "down": (0.003, (0.97, 1.09), (0.3, 1.9)),
}


@pytest.fixture(scope="module", params=BOUNDS)
def regime(request: pytest.FixtureRequest) -> tuple[str, Any]:
    return request.param, experiments.regime(request.param, SEED)


def test_sampling_costs_next_to_nothing(regime: tuple[str, Any]) -> None:
    kind, measured = regime
    assert measured["kept"] < 0.3, f"seed {SEED}"
    assert measured["d"] < BOUNDS[kind][0], f"seed {SEED}"


def test_mean_probability_is_the_true_one(regime: tuple[str, Any]) -> None:
    kind, measured = regime
    low, high = BOUNDS[kind][1]
    assert low < measured["ratio"] < high, f"seed {SEED}"


def test_a_tenfold_jump_is_followed(regime: tuple[str, Any]) -> None:
    kind, measured = regime
    low, high = BOUNDS[kind][2]
    assert low < measured["after"] < high, f"seed {SEED}"


def test_no_tenth_of_the_stream_is_worse_than_with_all_data(regime: tuple[str, Any]) -> None:
    _, measured = regime
    assert measured["tenths_excess"] < 0.08, f"seed {SEED}"


def test_first_events_are_neither_half_nor_twice_too_high() -> None:
    seeds = range(10)
    ratio = mean([experiments.start(seed)["ratio"] for seed in seeds])
    assert 0.8 < ratio < 1.5, f"seeds {seeds}"


def test_a_keep_rate_moved_from_outside() -> None:
    measured = experiments.outside("jump", SEED)
    assert measured["d"] < 0.008, f"seed {SEED}"
    assert 0.9 < measured["ratio"] < 1.21, f"seed {SEED}"
