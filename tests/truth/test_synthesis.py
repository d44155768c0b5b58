"""Each synthesizer behind the calibrator, on a 1 % stream: the mean probability; `make truth` has more seeds.

A positive is learned 20 times, 19 of them as examples. With trees and River's pipeline one synthesizer is run here.
"""

from __future__ import annotations

import pytest

from benchmarks.scores import mean
from benchmarks.synthesized import SYNTHESIZERS, synthesized


def test_the_mean_probability_is_the_base_rate() -> None:
    run = synthesized("LogisticRegression", 0, 60_000)
    for name in SYNTHESIZERS:
        assert 0.9 < run[f"{name} ratio"] < 1.1, f"{name}, seed 0: {run}"
    assert run["kept of the rarer class"] > 100  # HardReplay replays both classes


@pytest.mark.parametrize(
    ("learner", "name"),
    [("River scaler|LogisticRegression", "SMOTE"), ("River HoeffdingTreeClassifier", "HardReplay")],
)
def test_the_mean_probability_is_that_with_copies(learner: str, name: str) -> None:
    # Of 20,000 events 200 are positive: their number has a standard error of 7 %, which both models share.
    run = synthesized(learner, 0, 20_000, (name,))
    assert 0.9 < run[f"{name} ratio"] / run["copies ratio"] < 1.1, run


def test_replaying_hard_events_costs_no_entropy() -> None:
    d = [
        synthesized("LogisticRegression", seed, 20_000, ("HardReplay",))["HardReplay d"]
        for seed in range(2, 5)
    ]
    assert mean(d) < 0.003, d  # a standard error of .0004; .003 is what a buffer of 100 events costs
