"""A keep rate moved from outside, and wrappers that change the stream of a sampled classifier; `make truth` has all."""

from __future__ import annotations

from benchmarks.outside_rates import moved, ways
from benchmarks.tilted_outside import around

SEED = 0


def test_a_keep_rate_that_falls_is_followed_by_the_matched_rate_and_not_by_lifetime_counts() -> None:
    measured = moved("cell counts", "ramp", SEED)
    assert all(f"{way} tenths" in measured for way in ways("cell counts"))
    assert measured["lifetime counts tenths"] > 0.6, f"seed {SEED}"
    assert measured["matched rate tenths"] < 0.4, f"seed {SEED}"
    assert 0.9 < measured["prior, calibrated ratio"] < 1.1, f"seed {SEED}"
    assert measured["no correction ratio"] > 5.0, f"seed {SEED}"


def test_a_sampler_around_a_sampled_classifier_is_not_corrected() -> None:
    assert 0.9 < around("nothing", SEED)["ratio"] < 1.1, f"seed {SEED}"
    assert around("RandomUnderSampler", SEED)["ratio"] > 5.0, f"seed {SEED}"
    assert around("HardSamplingClassifier", SEED)["ratio"] < 0.8, f"seed {SEED}"
