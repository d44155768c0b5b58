"""Learners of River's whose scores are 0, 1, or overconfident, under the calibrator alone, on a 3 % stream.

The second half of 30,000 events is judged against the true P(y|x); `make truth` has more seeds.
"""

from __future__ import annotations

import pytest

from benchmarks.experiments import FOREIGN, foreign
from benchmarks.scores import mean

SLOW = ("GaussianNB",)  # judged in `make truth`, and in the law of samplers, learners and routes


@pytest.mark.parametrize("learner", [learner for learner in FOREIGN if learner not in SLOW])
def test_the_sum_of_the_probabilities_is_right(learner: str) -> None:
    ratios = [foreign(learner, seed)["ratio"] for seed in range(2)]
    assert 0.95 < mean(ratios) < 1.05, ratios
