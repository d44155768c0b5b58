from __future__ import annotations

import math

import numpy as np
import pytest

from streamimb import metrics
from tests.metrics.streams import rare_stream


def test_its_sums_are_those_of_the_probabilities() -> None:
    metric = metrics.ExpectedPerformance(0.1, miss=5.0, review=0.5, half_life=math.inf)
    ps = [0.05, 0.3, 0.02, 0.6]
    for p in ps:
        metric.serve(p)
    found = metric.expected()
    assert found.positives.value == pytest.approx(sum(ps))
    assert found.positives.high - sum(ps) == pytest.approx(
        1.96 * math.sqrt(sum(p * (1 - p) for p in ps)), rel=1e-3
    )
    assert found.precision.value == pytest.approx(0.45)
    assert found.recall.value == metric.get() == pytest.approx(0.9 / 0.97)
    assert found.cost.value == pytest.approx((5.0 * 0.07 + 0.5 * 2) / 4)
    assert math.isnan(metric.measured().recall.value)


@pytest.mark.parametrize("name", ["positives", "precision", "recall", "cost"])
def test_its_intervals_cover_what_comes_where_the_model_is_calibrated(name: str) -> None:
    held = 0
    for seed in range(60):
        metric = metrics.ExpectedPerformance(0.05, half_life=math.inf)
        for y, p, _ in rare_stream("plain", seed, 3_000, base=0.02):
            metric.serve(p)
            metric.update(y, p)
        expected, came = getattr(metric.expected(), name), getattr(metric.measured(), name).value
        held += expected.low <= came <= expected.high
    assert held >= 50  # of 60 intervals 57 are expected, 50 is 4 standard errors below


def test_intervals_of_what_came_hold_the_truth_where_events_are_few() -> None:
    """As Wilson's do: Wald's gave [1, 1] after 3 of 3, and held .88 of the precisions and .82 of the recalls."""
    metric = metrics.ExpectedPerformance(0.5)
    for _ in range(3):
        metric.update(True, 0.9)
    found = metric.measured()
    for interval in (found.precision, found.recall, found.rate):
        assert interval.low == pytest.approx(0.4385, abs=1e-3)
        assert interval.high == 1.0
    for weighed in (False, True):
        held = dict.fromkeys(("precision", "recall", "rate"), 0)
        for seed in range(400):
            rng = np.random.default_rng(seed)
            metric = metrics.ExpectedPerformance(0.05, half_life=math.inf)
            p = rng.beta(0.3, 15.0, 5_000 if weighed else 300)
            for one in p.tolist():
                propensity = 0.2 if weighed and one < 0.05 else 1.0
                if rng.random() < propensity:
                    metric.update(bool(rng.random() < one), one, 1.0 / propensity)
            up = p[p >= 0.05]
            truth = {"precision": up.mean(), "recall": up.sum() / p.sum(), "rate": p.mean()}
            for name, value in truth.items():
                interval = getattr(metric.measured(), name)
                held[name] += interval.low <= value <= interval.high
        error = math.sqrt(0.95 * 0.05 / 400)
        for name, n in held.items():
            assert n / 400 > 0.95 - 3.0 * error - 0.01, (name, weighed)


def test_rates_of_what_was_served_and_of_what_is_labelled_can_be_compared() -> None:
    """Decayed sums cannot: they are of other events, and the weights of a sample differ."""
    apart = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        metric = metrics.ExpectedPerformance(0.05, half_life=5_000)
        for y, p, _ in rare_stream("plain", seed, 20_000, base=0.02):
            metric.serve(p)
            if rng.random() < 0.1:
                metric.update(y, p, 10.0)
        (served, came, labelled) = metric.expected(), metric.measured(), metric.expected_of_labelled()
        apart.append(came.rate.value / served.rate.value)
        assert labelled.rate.low < came.rate.value < labelled.rate.high or seed
    assert abs(float(np.mean(apart)) - 1.0) < 3.0 * float(np.std(apart, ddof=1)) / math.sqrt(8) + 0.02
    (rate, *_) = metric.readings()
    assert rate.name == "provisional_rate"
    sides: object = rate.value
    assert isinstance(sides, dict)
    assert set(sides) == {"expected", "labelled", "measured"}


def test_agreement_tells_a_calibrated_model_from_one_that_is_not() -> None:
    scores: dict[float, list[float]] = {1.0: [], 0.5: []}
    for seed in range(12):
        for factor, found in scores.items():
            metric = metrics.ExpectedPerformance(0.05, half_life=math.inf)
            for y, p, _ in rare_stream("plain", seed, 8_000, base=0.02):
                metric.update(y, factor * p)
            found.append(metric.agreement()[0])
    assert abs(float(np.mean(scores[1.0]))) < 3.0 / math.sqrt(12)
    assert 0.5 < float(np.std(scores[1.0], ddof=1)) < 1.7  # a standard score
    assert min(scores[0.5]) > 4.0


def test_a_shift_of_the_features_shows_before_any_label() -> None:
    metric = metrics.ExpectedPerformance(0.05, half_life=2_000)
    for y, p, _ in rare_stream("plain", 1, 10_000, base=0.02):
        metric.serve(p)
        metric.update(y, p)
    before = metric.expected().precision.value
    for _, p, _ in rare_stream("plain", 2, 10_000, base=0.02):
        metric.serve(min(1.0, p / 3.0))  # the same model meets easier negatives; no label yet
    assert metric.expected().positives.value < 0.5 * metric.measured().positives.value
    assert metric.expected().precision.value != before


def test_weights_count_as_that_many_events_with_their_variance() -> None:
    one, many = (metrics.ExpectedPerformance(0.05, half_life=math.inf) for _ in range(2))
    for p in (0.02, 0.2) * 50:
        one.serve(p, 4.0)
        for _ in range(4):
            many.serve(p)
    assert one.expected().positives.value == pytest.approx(many.expected().positives.value)
    widths = [made.expected().positives.high - made.expected().positives.value for made in (one, many)]
    assert widths[0] == pytest.approx(2.0 * widths[1], rel=1e-9)


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_is_not_served(p: float) -> None:
    metric = metrics.ExpectedPerformance(0.1)
    with pytest.raises(ValueError, match="p: expected"):
        metric.serve(p)
    assert metric.__getstate__() == metrics.ExpectedPerformance(0.1).__getstate__()
