"""Each synthesizer behind the calibrator, on a 1 % stream: mean p over the base rate; `make truth` has more seeds.

A positive is learned 20 times, 19 of them as examples. With trees and River's pipeline one synthesizer is run here.
"""

from __future__ import annotations

import pytest

from benchmarks.scores import mean
from benchmarks.synthesized import SYNTHESIZERS, synthesized


@pytest.mark.parametrize(
    ("learner", "n", "names"),
    [
        ("LogisticRegression", 60_000, tuple(SYNTHESIZERS)),
        ("River scaler|LogisticRegression", 20_000, ("SMOTE",)),
        ("River HoeffdingTreeClassifier", 20_000, ("HardReplay",)),
    ],
)
def test_the_mean_probability_is_the_base_rate(learner: str, n: int, names: tuple[str, ...]) -> None:
    run = synthesized(learner, 0, n, names)
    for name in names:
        assert 0.9 < run[f"{name} ratio"] < 1.1, f"{name}, seed 0: {run}"
        if name == "HardReplay":
            assert run["kept of the rarer class"] > 100  # both classes are replayed


def test_replaying_hard_events_costs_no_entropy() -> None:
    d = [
        synthesized("LogisticRegression", seed, 20_000, ("HardReplay",))["HardReplay d"]
        for seed in range(2, 5)
    ]
    assert mean(d) < 0.003, d  # a standard error of .0004; .003 is what a buffer of 100 events costs
