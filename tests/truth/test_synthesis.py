"""Each synthesizer behind the calibrator, on a 1 % stream: mean p over the base rate; `make truth` has more seeds.

A positive is learned 20 times, 19 of them as examples. With trees and River's pipeline one synthesizer is run here.
"""

from __future__ import annotations

import pytest

from benchmarks.scores import mean
from benchmarks.synthesized import SYNTHESIZERS, synthesized

SEEDS = range(2)


@pytest.mark.parametrize(
    ("learner", "names"),
    [
        ("LogisticRegression", tuple(SYNTHESIZERS)),
        ("River scaler|LogisticRegression", ("SMOTE",)),
        ("River HoeffdingTreeClassifier", ("HardReplay",)),
    ],
)
def test_the_mean_probability_is_the_base_rate(learner: str, names: tuple[str, ...]) -> None:
    runs = [synthesized(learner, seed, 20_000, names) for seed in SEEDS]
    for name in names:
        ratios = [run[f"{name} ratio"] for run in runs]
        assert 0.9 < mean(ratios) < 1.1, f"{name}, seeds {list(SEEDS)}: {ratios}"
        if name == "HardReplay":
            assert min(run["kept of the rarer class"] for run in runs) > 100  # both classes are replayed


def test_replaying_hard_events_costs_no_entropy() -> None:
    d = [
        synthesized("LogisticRegression", seed, 20_000, ("HardReplay",))["HardReplay d"]
        for seed in range(2, 5)
    ]
    assert mean(d) < 0.003, d  # a standard error of .0004; .003 is what a buffer of 100 events costs
