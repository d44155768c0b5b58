from __future__ import annotations

import copy
import math
import random
from typing import Any

import pytest

from streamimb import metrics
from streamimb.engine.snapshot import dumps, loads
from streamimb.metrics.served import ServedMetrics


def teach(served: ServedMetrics, seed: int, n: int) -> list[tuple[float, bool, float]]:
    """Feed n events, some lost or orphaned between them; return (calibrated, y, w) of each."""
    rng = random.Random(seed)
    fed = []
    for _ in range(n):
        p = round(rng.betavariate(0.5, 5), 2)  # with ties
        y, w = rng.random() < p, rng.choice([1.0, 1.0, 0.5, 3.0])
        served.add(min(1.0, 3 * p), min(1.0, 2 * p), p, y, w)
        fed.append((p, y, w))
        if rng.random() < 0.03:
            served.orphan(rng.random() < 0.5)
    return fed


def shown(served: ServedMetrics) -> dict[str, Any]:
    """What is exported, by name."""
    return {reading.name: reading.value for reading in served.readings()}


def flat(value: Any) -> list[float]:
    return [x for inner in value.values() for x in flat(inner)] if isinstance(value, dict) else [value]


def test_it_feeds_each_metric_what_it_would_be_fed_alone() -> None:
    served = ServedMetrics(half_life=300)
    alone: dict[str, Any] = {
        "log_loss": metrics.LogLoss(half_life=300),
        "normalized_entropy": metrics.NormalizedEntropy(half_life=300),
        "pr_auc": metrics.PRAUC(half_life=300),
        "calibrated": metrics.CalibrationRatio(half_life=300),
        "base_rate": metrics.BaseRate(half_life=300),
        "recent": metrics.CalibrationRatio(half_life=50, per="positive"),
    }
    rng = random.Random(1)
    for _ in range(2_000):
        p = round(rng.betavariate(0.5, 5), 2)
        y, w = rng.random() < p, rng.choice([1.0, 1.0, 0.5, 3.0])
        served.add(min(1.0, 3 * p), min(1.0, 2 * p), p, y, w)
        for one in alone.values():
            one.update(y, p, w)
    for name, one in alone.items():
        assert getattr(served, name).get() == one.get(), name
    assert (
        served.raw.interval().value > served.corrected.interval().value > served.calibrated.interval().value
    )


def test_before_anything_nothing_is_known() -> None:
    served = ServedMetrics()
    for reading in served.readings():
        known = [x for x in flat(reading.value) if not math.isnan(x)]
        assert known == {"measured": [0.0], "measured_share": [1.0]}.get(reading.name, []), reading.name


def test_reading_changes_nothing_and_has_the_same_names_later() -> None:
    served = ServedMetrics(half_life=50)
    names = list(shown(served))
    teach(served, 1, 500)
    before = dumps(served)
    assert list(shown(served)) == names
    assert repr(shown(served)) == repr(shown(served))
    assert dumps(served) == before


def test_fault_44_only_negatives_for_days() -> None:
    served = ServedMetrics()
    for _ in range(200_000):
        served.add(0.1, 0.01, 0.01, False)
    rate, ratio = served.base_rate.interval(), served.calibrated.interval()
    assert rate.value == 0.0
    assert 0.0 < rate.high < 3e-4
    assert ratio.value == math.inf
    assert 0.0 < ratio.low < math.inf
    assert math.isnan(served.normalized_entropy.get())
    assert math.isnan(served.pr_auc.get())


def test_positives_long_gone_leave_no_denormal_numbers() -> None:
    served = ServedMetrics(half_life=10)
    served.add(0.5, 0.5, 0.5, True)
    for _ in range(20_000):
        served.add(0.5, 0.5, 0.5, False)
    assert served.sums()[2:4] == (0.0, 0.0)


def test_what_is_lost_is_said() -> None:
    served = ServedMetrics(half_life=1000)
    assert served.measured_share() == 1.0
    for i in range(20_000):
        if i % 4 == 0:
            served.lose()
        else:
            served.add(0.1, 0.1, 0.1, False)
    assert served.measured_share() == pytest.approx(0.75, abs=0.002)


def test_orphaned_positives_raise_the_upper_end_of_what_was_observed() -> None:
    served, without = ServedMetrics(half_life=1000), ServedMetrics(half_life=1000)
    for i in range(2_000):
        for one in (served, without):
            one.add(0.1, 0.1, 0.1, i % 20 == 0)
        if i % 10 == 0:
            served.orphan(True)
        if i % 7 == 0:
            served.orphan(False)
    for name in ("raw", "corrected", "calibrated", "recent"):
        wide, narrow = getattr(served, name).interval(), getattr(without, name).interval()
        assert (wide.value, wide.high) == (narrow.value, narrow.high)
        assert 0.25 * narrow.low < wide.low < 0.4 * narrow.low  # three times as many positives, at most
    rate, tight = served.base_rate.interval(), without.base_rate.interval()
    assert rate.value == tight.value
    assert rate.high > 2.5 * tight.high
    assert served.measured_share() == pytest.approx(1 / (1 + 1 / 10 + 1 / 7), rel=0.01)


def test_only_orphans_leave_the_interval_open() -> None:
    served = ServedMetrics()
    served.add(0.5, 0.5, 0.5, False)
    for _ in range(100):
        served.orphan(True)
    ratio = served.calibrated.interval()
    assert ratio.value == ratio.high == math.inf
    assert ratio.low < 0.005


@pytest.mark.parametrize("seed", range(5))
def test_the_recent_ratio_follows_fifty_positives_however_rare_they_are(seed: int) -> None:
    rng = random.Random(seed)
    served = ServedMetrics(half_life=1e6)
    for factor in (1.0, 5.0):
        positives = 0
        while positives < 400:
            p = rng.uniform(0.0005, 0.0035)
            y = rng.random() < p
            served.add(factor * p, factor * p, factor * p, y)
            positives += y
        # 400 positives later 1/256 of the weight is of before; the standard error is a twelfth
        assert served.recent.interval().value == pytest.approx(factor, rel=0.4)
    assert served.calibrated.interval().value < 4.0  # the headline still remembers


def test_the_interval_of_the_recent_ratio_covers_the_truth() -> None:
    covered = 0
    for seed in range(60):
        rng = random.Random(seed)
        served = ServedMetrics()
        for _ in range(6_000):
            p = rng.uniform(0.02, 0.08)
            served.add(2 * p, 2 * p, 2 * p, rng.random() < p)
        _, low, high = served.recent.interval()
        covered += low <= 2.0 <= high
    assert covered >= 52  # 57 expected, with a standard deviation of 1.7


@pytest.mark.parametrize("cut", [0, 1, 60, 1_000, 1_500])
def test_merge_is_one_stream_after_the_other(cut: int) -> None:
    whole, head, tail = (ServedMetrics(half_life=300) for _ in range(3))
    rng = random.Random(4)
    for i in range(1_500):
        p, y, lost = rng.random() * 0.2, rng.random() < 0.1, rng.random() < 0.02
        for served in (whole, head if i < cut else tail):
            served.add(p, p / 2, p / 3, y)
            if lost:
                served.orphan(y)
    before = dumps(tail)
    head.merge(tail)
    for name, value in shown(whole).items():
        assert flat(shown(head)[name]) == pytest.approx(flat(value), rel=1e-9), name
    assert dumps(tail) == before


def test_merge_refuses_another_kind_or_memory() -> None:
    served = ServedMetrics(half_life=50)
    with pytest.raises(ValueError, match="half_life"):
        served.merge(ServedMetrics(half_life=60))
    with pytest.raises(ValueError, match="other is a LogLoss"):
        served.merge(metrics.LogLoss(50))  # type: ignore[arg-type]


def test_a_copy_goes_on_and_a_clone_begins() -> None:
    served = ServedMetrics(half_life=50)
    teach(served, 7, 300)
    assert dumps(served.clone()) == dumps(ServedMetrics(half_life=50))
    copies = [copy.deepcopy(served), loads(dumps(served))]
    for one in (served, *copies):
        teach(one, 8, 100)
    assert all(dumps(one) == dumps(served) for one in copies)


def test_memory_is_bounded() -> None:
    served = ServedMetrics(half_life=50)
    teach(served, 9, 20_000)
    assert len(dumps(served)) <= 4_096 * 48 + 2_000


def test_others_are_fed_what_was_measured() -> None:
    served, seen = ServedMetrics(), []
    served.feed(lambda y, p, w: seen.append((y, p, w)))
    served.add(0.3, 0.2, 0.1, True)
    served.leave_out(0.3, 0.2, 0.1, True)
    served.feed()
    served.add(0.3, 0.2, 0.1, False)
    assert seen == [(True, 0.1, 1.0)]


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_certain_mistake_costs_no_more_than_it_must(p: float) -> None:
    served = ServedMetrics()
    served.add(p, p, p, p == 0.0)
    assert served.log_loss.get() == pytest.approx(-math.log(1e-15))


@pytest.mark.parametrize(
    "damage",
    [
        {"lost": -1.0},
        {"lost": math.nan},
        {"lost": "1"},
        {"half_life": "x"},
        {"metrics": ()},
        {"metrics": tuple(metrics.LogLoss(50) for _ in range(7))},
    ],
)
def test_a_damaged_state_is_refused_and_changes_nothing(damage: dict[str, Any]) -> None:
    served = ServedMetrics(half_life=50)
    teach(served, 3, 100)
    before = dumps(served)
    with pytest.raises(ValueError):
        served.__setstate__({**served.__getstate__(), **damage})
    assert dumps(served) == before


def test_one_that_was_not_set_up_is_refused() -> None:
    with pytest.raises(
        (ValueError, AttributeError), match=r"not set up|no attribute"
    ):  # compiled, interpreted
        ServedMetrics.__new__(ServedMetrics).add(0.5, 0.5, 0.5, True)
    with pytest.raises((ValueError, AttributeError), match=r"not set up|no attribute"):
        ServedMetrics.__new__(ServedMetrics).append(ServedMetrics())
    with pytest.raises((ValueError, AttributeError), match=r"not set up|no attribute"):
        ServedMetrics().append(ServedMetrics.__new__(ServedMetrics))
