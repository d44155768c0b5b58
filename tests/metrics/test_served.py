from __future__ import annotations

import math
import random
from typing import Any

import pytest

from streamimb import metrics
from streamimb._kernels.served import LogHistogram, ServedSums


def test_it_says_what_the_single_metrics_say() -> None:
    rng = random.Random(1)
    served = metrics.Served(half_life=300, window_n=200)
    single: dict[str, Any] = {
        "log_loss": metrics.LogLoss(half_life=300),
        "normalized_entropy": metrics.NormalizedEntropy(half_life=300),
        "average_precision": metrics.AveragePrecision(window_n=200),
    }
    ratio = metrics.CalibrationRatio(half_life=300)
    for _ in range(2000):
        p = round(rng.betavariate(0.5, 5), 2)  # with ties
        y = rng.random() < p
        w = rng.choice([1.0, 1.0, 0.5, 3.0])
        served.update((min(1.0, 3 * p), min(1.0, 2 * p), p, y), w)
        for one in (*single.values(), ratio):
            one.update((p, y), w)
    report = served.get()
    for name, one in single.items():
        assert getattr(report, name) == pytest.approx(one.get(), rel=1e-9), name
    assert report.calibrated == pytest.approx(ratio.get(), rel=1e-9)
    assert report.base_rate == pytest.approx(ratio.base_rate(), rel=1e-9)
    assert report.raw.value > report.corrected.value > report.calibrated.value


def test_before_anything_nothing_is_known() -> None:
    report = metrics.Served().get()
    assert report.n == 0.0
    assert math.isnan(report.log_loss)
    assert math.isnan(report.calibrated.low)


def test_fault_44_only_negatives_for_days() -> None:
    served = metrics.Served()
    for _ in range(200_000):
        served.add(0.1, 0.01, 0.01, False)
    report = served.get()
    assert report.base_rate.value == 0.0
    assert 0.0 < report.base_rate.high < 3e-4
    assert report.calibrated.value == math.inf
    assert 0.0 < report.calibrated.low < math.inf
    assert math.isnan(report.normalized_entropy)
    assert math.isnan(report.average_precision)


def test_positives_long_gone_leave_no_denormal_numbers() -> None:
    served = metrics.Served(half_life=10)
    served.add(0.5, 0.5, 0.5, True)
    for _ in range(20_000):
        served.add(0.5, 0.5, 0.5, False)
    assert served.sums()[2:4] == (0.0, 0.0)


def test_what_is_lost_is_said() -> None:
    served = metrics.Served(half_life=1000)
    assert served.measured_share() == 1.0
    for i in range(20_000):
        if i % 4 == 0:
            served.lose()
        else:
            served.add(0.1, 0.1, 0.1, False)
    assert served.measured_share() == pytest.approx(0.75, abs=0.002)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_certain_mistake_costs_no_more_than_it_must(p: float) -> None:
    served = metrics.Served()
    served.update((p, p, p, p == 0.0))
    assert served.get().log_loss == pytest.approx(-math.log(1e-15))


def test_damaged_states_are_refused() -> None:
    sums, histogram = ServedSums(100.0, 10), LogHistogram(100.0, 1e-3, 2.0, 5)
    with pytest.raises(ValueError, match="ps and ys"):
        ServedSums.__new__(ServedSums).__setstate__({**sums.__getstate__(), "ps": b"12345678"})
    with pytest.raises(ValueError, match="counts"):
        LogHistogram.__new__(LogHistogram).__setstate__({**histogram.__getstate__(), "counts": b""})
