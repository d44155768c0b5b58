"""Samplers that copy, weigh or multiply, corrected: mean p over the base rate; and how efficient the kept events are.

`make truth` measures every sampler, learner and route, and the efficiency of 100 repetitions of 200,000 events.
"""

from __future__ import annotations

import pytest

from benchmarks.corrected import SAMPLERS, corrected
from benchmarks.efficiency import efficiency
from benchmarks.scores import mean

SEED, N = (
    4,
    20_000,
)  # 133 positives are judged; five seeds of a sampler have a standard deviation of .04 to .09


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_offset_takes_the_shift_out(sampler: str) -> None:
    measured = corrected(sampler, "ours", "offset", N, SEED)
    assert measured["raw"] > 5.0, f"seed {SEED}"
    assert 0.85 < measured["corrected"] < 1.3, f"seed {SEED}"
    assert 0.85 < measured["calibrated"] < 1.2, f"seed {SEED}"


@pytest.mark.parametrize("sampler", ["OverSampler", "BothSampler", "ScoreUnderSampler L", "Product"])
def test_the_prior_takes_the_shift_out_of_a_learner_of_river(sampler: str) -> None:
    """River's learner starts at p = .5 and is too high for its first 16,000 events, sampled or not."""
    measured = corrected(sampler, "River", "prior", N, SEED)
    assert measured["raw"] > 5.0, f"seed {SEED}"
    assert 0.75 < measured["calibrated"] < 1.3, f"seed {SEED}"


def test_the_length_of_the_event_makes_the_kept_events_efficient() -> None:
    """Of 6 repetitions: the error of one has a standard deviation of about .5 of its mean."""
    errors = efficiency("normal", False, 60_000, 6)
    for key in ("score .1", "score .5", "L .1", "L .5"):
        assert mean([found[f"{key} kept"] for found in errors]) == pytest.approx(1.0, abs=0.05)
        assert 0.4 < mean([found[f"{key} / exact"] for found in errors]) < 1.9, key
    assert mean([found["L .1 / uniform"] for found in errors]) < 0.8
