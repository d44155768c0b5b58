from __future__ import annotations

import math
import random
import statistics
from typing import Any

import pytest

from streamimb import metrics, stats


def test_weighted_metrics_of_a_sample_are_those_of_all_events() -> None:
    apart = []
    for seed in range(10):
        rng = random.Random(seed)
        everything, plain, weighed = (metrics.CalibrationRatio(math.inf) for _ in range(3))
        for _ in range(10_000):
            y = rng.random() < 0.03
            p = min(1.0, rng.betavariate(2, 18) if y else rng.betavariate(1, 40))
            propensity = 1.0 if p > 0.08 else 0.1
            everything.update(y, p)
            if rng.random() < propensity:
                plain.update(y, p)
                weighed.update(y, p, stats.propensity_weight(propensity))
        apart.append((math.log(plain.get() / everything.get()), math.log(weighed.get() / everything.get())))
    (biased, _), (right, error) = (
        (statistics.fmean(each), statistics.stdev(each) / math.sqrt(len(each)))
        for each in zip(*apart, strict=True)
    )
    assert abs(right) < 4.0 * error
    assert error < 0.05
    assert abs(biased) > 0.2


@pytest.mark.parametrize("wrong", [0.0, -0.5, 1.5, math.nan, None, "0.5", True])
def test_what_is_no_propensity_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="propensity"):
        stats.propensity_weight(wrong)


def test_the_bound_is_a_parameter() -> None:
    assert stats.propensity_weight(0.001) == 100.0
    assert stats.propensity_weight(0.001, most=1e4) == 1_000.0
    with pytest.raises(ValueError, match="most"):
        stats.propensity_weight(0.5, most=0.5)
