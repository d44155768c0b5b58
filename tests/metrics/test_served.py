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


def test_orphaned_positives_raise_the_upper_end_of_what_was_observed() -> None:
    served, without = metrics.Served(half_life=1000), metrics.Served(half_life=1000)
    for i in range(2_000):
        for one in (served, without):
            one.add(0.1, 0.1, 0.1, i % 20 == 0)
        if i % 10 == 0:
            served.orphan(True)
        if i % 7 == 0:
            served.orphan(False)
    report, tight = served.get(), without.get()
    for name in ("raw", "corrected", "calibrated", "recent"):
        wide, narrow = getattr(report, name), getattr(tight, name)
        assert (wide.value, wide.high) == (narrow.value, narrow.high)
        assert 0.25 * narrow.low < wide.low < 0.4 * narrow.low  # three times as many positives, at most
    assert report.base_rate.value == tight.base_rate.value
    assert report.base_rate.high > 2.5 * tight.base_rate.high
    assert served.measured_share() == pytest.approx(1 / (1 + 1 / 10 + 1 / 7), rel=0.01)


def test_only_orphans_leave_the_interval_open() -> None:
    served = metrics.Served()
    served.add(0.5, 0.5, 0.5, False)
    for _ in range(100):
        served.orphan(True)
    ratio = served.get().calibrated
    assert ratio.value == ratio.high == math.inf
    assert ratio.low < 0.005


@pytest.mark.parametrize("seed", range(5))
def test_the_recent_ratio_follows_fifty_positives_however_rare_they_are(seed: int) -> None:
    rng = random.Random(seed)
    served = metrics.Served(half_life=1e6)
    for factor in (1.0, 5.0):
        positives = 0
        while positives < 400:
            p = rng.uniform(0.0005, 0.0035)
            y = rng.random() < p
            served.add(factor * p, factor * p, factor * p, y)
            positives += y
        # 400 positives later 1/256 of the weight is of before; the standard error is a twelfth
        assert served.get().recent.value == pytest.approx(factor, rel=0.4)
    assert served.get().calibrated.value < 4.0  # the headline still remembers


def test_the_interval_of_the_recent_ratio_covers_the_truth() -> None:
    covered = 0
    for seed in range(60):
        rng = random.Random(seed)
        served = metrics.Served()
        for _ in range(6_000):
            p = rng.uniform(0.02, 0.08)
            served.add(2 * p, 2 * p, 2 * p, rng.random() < p)
        _, low, high = served.get().recent
        covered += low <= 2.0 <= high
    assert covered >= 52  # 57 expected, with a standard deviation of 1.7


def test_the_recent_ratio_of_two_streams_is_that_of_one_after_the_other() -> None:
    rng = random.Random(4)
    whole, one, other = (metrics.Served(half_life=300) for _ in range(3))
    for i in range(3_000):
        p, y, lost = rng.random() * 0.2, rng.random() < 0.1, rng.random() < 0.02
        for served in (whole, one if i < 1_700 else other):
            served.add(p, p, p, y)
            if lost:
                served.orphan(y)
    one.merge(other)
    assert one.recent_sums() == pytest.approx(whole.recent_sums(), rel=1e-9)
    assert one.orphaned() == pytest.approx(whole.orphaned(), rel=1e-9)
    assert one.measured_share() == pytest.approx(whole.measured_share(), rel=1e-9)
    again = metrics.Served.__new__(metrics.Served)
    again.__setstate__(one.__getstate__())
    assert (again.recent_sums(), again.orphaned()) == (one.recent_sums(), one.orphaned())
    assert again.get() == one.get()


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_certain_mistake_costs_no_more_than_it_must(p: float) -> None:
    served = metrics.Served()
    served.update((p, p, p, p == 0.0))
    assert served.get().log_loss == pytest.approx(-math.log(1e-15))


def test_damaged_states_are_refused() -> None:
    sums, histogram = ServedSums(100.0, 10), LogHistogram(100.0, 1e-3, 2.0, 5)
    with pytest.raises(ValueError, match="ps"):
        ServedSums.__new__(ServedSums).__setstate__({**sums.__getstate__(), "ps": b"12345678"})
    with pytest.raises(ValueError, match="counts"):
        LogHistogram.__new__(LogHistogram).__setstate__({**histogram.__getstate__(), "counts": b""})
