from __future__ import annotations

import math
import random

import numpy as np
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


@pytest.mark.parametrize("kind", ["plain", "sample", "decayed"])
def test_intervals_hold_the_truth(kind: str) -> None:
    rng = np.random.default_rng(1)
    rate, loss = 0.0, 0.0
    every = 1.0 / (1.0 + np.exp(-rng.normal(-4.0, 1.2, 400_000)))
    rate = float(every.mean())
    loss = float(-(every * np.log(every) + (1.0 - every) * np.log1p(-every)).mean())
    truth = {"NE": loss / entropy(rate), "log loss": loss}
    held = dict.fromkeys(truth, 0)
    runs = 300
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        metric = metrics.NormalizedEntropy(500.0 if kind == "decayed" else math.inf)
        p = 1.0 / (1.0 + np.exp(-rng.normal(-4.0, 1.2, 4_000)))
        propensity = np.where((p > 0.05) | (kind != "sample"), 1.0, 0.25)
        kept = rng.random(len(p)) < propensity
        for one, y, pi in zip(p[kept].tolist(), (rng.random(len(p)) < p)[kept].tolist(), propensity[kept].tolist(),
                              strict=True):  # fmt: skip
            metric.update(y, one, 1.0 / pi)
        for name, interval in (("NE", metric.interval()), ("log loss", metric.log_loss.interval())):
            held[name] += interval.low <= truth[name] <= interval.high
            assert interval.value == (metric.get() if name == "NE" else metric.log_loss.get())
    error = math.sqrt(0.95 * 0.05 / runs)
    for name, n in held.items():
        assert abs(n / runs - 0.95) < 3.0 * error + 0.015, (name, n)  # sums of few positives are skewed


def test_intervals_of_two_streams_are_those_of_both() -> None:
    rng = random.Random(1)
    one, other, both = (metrics.NormalizedEntropy(300.0) for _ in range(3))
    assert math.isnan(one.interval().low)
    assert math.isnan(one.log_loss.interval().low)
    for i in range(2_000):
        p, w = rng.random(), rng.random()
        y = rng.random() < p
        (one if i < 1_200 else other).update(y, p, w)
        both.update(y, p, w)
    one.merge(other)
    assert one.interval() == pytest.approx(both.interval())
    assert one.log_loss.interval() == pytest.approx(both.log_loss.interval())
