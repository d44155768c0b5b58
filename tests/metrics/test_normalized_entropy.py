from __future__ import annotations

import math
import random

import pytest

from streamimb import metrics
from streamimb.metrics.normalized_entropy import entropy


def test_the_base_rate_alone_gets_one_and_knowing_more_gets_less() -> None:
    rng = random.Random(2)
    constant, knowing, wrong = (metrics.NormalizedEntropy(half_life=1e9) for _ in range(3))
    for _ in range(50_000):
        p = rng.betavariate(0.2, 9.8)
        y = rng.random() < p
        constant.update(y, 0.02)
        knowing.update(y, p)
        wrong.update(y, min(0.999, 20 * p))
    assert constant.get() == pytest.approx(1.0, abs=0.01)
    assert knowing.get() < 0.9 < 2.0 < wrong.get()
    assert knowing.rig() == 1.0 - knowing.get() > 0.1 > 0.0 > wrong.rig()
    assert knowing.rce() == 100.0 * knowing.rig()


@pytest.mark.parametrize("y", [True, False])
def test_one_class_alone_has_no_entropy(y: bool) -> None:
    metric = metrics.NormalizedEntropy()
    metric.update(y, 0.3)
    assert math.isnan(metric.get())
    assert entropy(0.0) == entropy(1.0) == 0.0
