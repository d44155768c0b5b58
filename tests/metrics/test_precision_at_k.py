from __future__ import annotations

import math

import numpy as np
import pytest

from streamimb import metrics

DAY = 86_400.0


def test_it_is_the_mean_of_the_top_k_of_every_closed_day_in_any_order() -> None:
    rng = np.random.default_rng(1)
    events = [
        (float(rng.uniform(0, 5 * DAY)), float(rng.choice([0.1, 0.2, 0.4, 0.7])), bool(rng.random() < 0.3))
        for _ in range(600)
    ]
    metric, shuffled = (metrics.PrecisionAtK("t", k=20, half_life=2.0) for _ in range(2))
    for t, p, y in events:
        metric.update(y, p, x={"t": t})
    for i in rng.permutation(len(events)):
        t, p, y = events[int(i)]
        shuffled.update(y, p, x={"t": t})
    assert shuffled.get() == pytest.approx(metric.get(), abs=1e-12)
    hits = predicted = weight = 0.0
    for day in range(4):  # the fifth is open
        of_day = [(p, y) for t, p, y in events if t // DAY == day]
        fade, left = 0.5 ** ((3 - day) / 2.0), 20.0
        for score in (0.7, 0.4, 0.2, 0.1):
            ys = [y for p, y in of_day if p == score]
            part = min(left, len(ys))
            left -= part
            if ys:
                hits += fade * part * sum(ys) / len(ys)
                predicted += fade * part * score
        weight += fade * 20.0
    assert metric.get() == pytest.approx(hits / weight, abs=1e-12)
    assert metric.expected() == pytest.approx(predicted / weight, abs=1e-12)


def test_expected_and_observed_agree_where_the_model_is_calibrated() -> None:
    apart, errors = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        metric = metrics.PrecisionAtK("t", k=50, half_life=100.0)
        for i in range(10_000):
            p = float(rng.beta(0.3, 12.0))
            metric.update(bool(rng.random() < p), p, x={"t": i * DAY / 1_000})
        found = metric.interval()
        apart.append(metric.get() - metric.expected())
        errors.append((found.high - found.low) / 3.92)
    assert abs(float(np.mean(apart))) < 3.0 * float(np.mean(errors)) / math.sqrt(12)


def sampled(kind: str, seed: int) -> tuple[float, float, float, float]:
    """Precision and expected precision among the top 50 of 1,000 a day: of a sample of the labels, minus of all."""
    rng = np.random.default_rng(seed)
    every, sample = (metrics.PrecisionAtK("t", k=50, half_life=100.0) for _ in range(2))
    for i in range(40_000):
        p = float(1.0 / (1.0 + math.exp(4.0 - rng.normal(0.0, 1.5))))
        y, x = bool(rng.random() < p), {"t": i * DAY / 1_000}
        every.update(y, p, x=x)
        propensity = 0.5 if kind == "half" else 1.0 if p > 0.3 else 0.1
        if rng.random() < propensity:
            sample.update(y, p, 1.0 / propensity, x=x)
    return sample.get() - every.get(), sample.expected() - every.expected(), every.get(), every.expected()


@pytest.mark.parametrize("kind", ["half", "alerts"])
def test_a_weight_stands_for_that_many_events_of_a_period(kind: str) -> None:
    found = np.array([sampled(kind, seed) for seed in range(8)])
    for column, scale in ((0, 2), (1, 3)):
        error = float(found[:, column].std(ddof=1)) / math.sqrt(len(found))
        assert error < 0.03
        assert abs(float(found[:, column].mean())) < 3.0 * error + 0.02 * float(found[:, scale].mean())


def test_memory_is_bounded_where_weights_are_small() -> None:
    metric = metrics.PrecisionAtK("t", k=5)
    for i in range(500):
        metric.update(False, i / 500, 1e-3, x={"t": float(i)})
    ((_, groups),) = metric.__getstate__()["periods"]
    assert len(groups) == 20


def test_old_periods_are_dropped_and_memory_is_bounded() -> None:
    metric = metrics.PrecisionAtK("t", k=3, half_life=0.5)
    for day in range(50):
        for i in range(20):
            metric.update(False, i / 20, x={"t": day * DAY + i})
    assert len(metric.__getstate__()["periods"]) == 6
    before = metric.__getstate__()["periods"]
    metric.update(True, 1.0, x={"t": 0.0})  # its period is long closed
    assert metric.__getstate__()["periods"] == before


@pytest.mark.parametrize("wrong", [1e9, 6.0 * DAY, -1e9])
def test_events_dated_wrong_neither_close_periods_nor_drop_them(wrong: float) -> None:
    rng = np.random.default_rng(2)
    metric, right = (metrics.PrecisionAtK("t", k=5, half_life=5.0) for _ in range(2))
    for i in range(1_500):  # 100 a day
        t, p, y = i * DAY / 100, float(rng.random()), bool(rng.random() < 0.3)
        if i % 60 == 10:
            metric.update(False, 0.0, x={"t": t + wrong})
        metric.update(y, p, x={"t": t})
        right.update(y, p, x={"t": t})
        if i >= 200:
            assert metric.get() == pytest.approx(right.get(), abs=0.05)
            assert metric.expected() == pytest.approx(right.expected(), abs=0.05)
    assert len(metric.__getstate__()["periods"]) <= 2 * 51


def test_time_follows_a_gap_and_returns_from_a_wrong_start() -> None:
    metric = metrics.PrecisionAtK("t", k=5, half_life=1.0)
    for start in (1e9, 0.0, 500.0 * DAY):
        for i in range(200):
            metric.update(i % 2 == 0, i / 200, x={"t": start + i * DAY / 50})
        newest = (start + 199 * DAY / 50) // DAY
        assert metric.__getstate__()["clock"]["now"] // DAY == newest
        assert 0.3 <= metric.get() <= 0.7


@pytest.mark.parametrize("t", [None, "now", math.nan, math.inf, 1e300])
def test_what_is_no_time_is_refused(t: object) -> None:
    with pytest.raises(ValueError, match=r"^x"):
        metrics.PrecisionAtK("t").update(True, 0.5, x={"t": t})


def test_a_damaged_state_is_refused_and_changes_nothing() -> None:
    metric = metrics.PrecisionAtK("t", k=2)
    metric.update(True, 0.5, x={"t": 0.0})
    state = metric.__getstate__()
    for wrong in (
        {"periods": None}, {"periods": [[0, []]]}, {"periods": [[0.5, [[0.5, 1.0, 1.0, 1.0]]]]},
        {"periods": [[0, [[1.5, 1.0, 1.0, 1.0]]]]}, {"periods": [[0, [[0.5, 1.0, 2.0, 1.0]]]]},
        {"periods": [[0, [[0.5, 0.0, 0.0, 1.0]]]]}, {"periods": [state["periods"][0]] * 2}, {"k": 0},
        {"periods": [[-100, [[0.5, 1.0, 1.0, 1.0]]]]}, {"clock": {"now": 0.0, "waiting": [1.0]}},
        {"clock": {"now": math.nan, "waiting": []}}, {"clock": {"now": None, "waiting": [1.0]}},
        {"clock": {"now": 0.0, "waiting": [1e9] * 20}}, {"clock": None},
    ):  # fmt: skip
        with pytest.raises(ValueError):
            metric.__setstate__({**state, **wrong})
        assert metric.__getstate__() == state
