"""The imbalance of a stream, the interval of its prior, and the prior without labels."""

from __future__ import annotations

import random
import statistics

import pytest

from benchmarks.drift_streams import change
from streamimb.stats import ClassPrior, ImbalanceTracker, LabelFreePrior


def test_class_sizes_and_their_ratio_are_those_of_the_stream() -> None:
    rng, tracker = random.Random(1), ImbalanceTracker(half_life=20_000)
    for _ in range(60_000):
        tracker.update(rng.choices(["a", "b", "c"], [0.9, 0.09, 0.01])[0])
    assert tracker.get() == pytest.approx({"a": 0.9, "b": 0.09, "c": 0.01}, rel=0.15)
    assert tracker.ratio == pytest.approx(90.0, rel=0.15)
    assert (tracker.status, tracker.trend) == ("severe", "steady")


def test_the_trend_is_named_after_a_change_and_steady_before() -> None:
    rng, tracker = random.Random(2), ImbalanceTracker()
    assert (tracker.status, tracker.trend) == ("unknown", "steady")
    trends = set()
    for i in range(60_000):
        tracker.update(rng.random() < 0.02)
        if i > 20_000 and i % 5_000 == 0:
            trends.add(tracker.trend)
    assert trends == {"steady"}
    for _ in range(3_000):
        tracker.update(rng.random() < 0.004)
    assert tracker.trend == "rising"
    for _ in range(10_000):
        tracker.update(rng.random() < 0.1)
    assert tracker.trend == "falling"


def test_the_201st_class_replaces_the_smallest() -> None:
    tracker = ImbalanceTracker()
    for i in range(1_000):
        tracker.update(True)
        tracker.update(f"label {i}")
    assert len(tracker.get()) == 200
    assert True in tracker.get()


def test_the_interval_of_the_prior_holds_the_truth_and_widens_in_silence() -> None:
    """Of 300 streams 95 % hold it, less three standard errors; more, because Byar's interval is a little wide."""
    held = 0
    for seed in range(300):
        rng, prior = random.Random(seed), ClassPrior(half_life=4_000)
        for _ in range(4_000):
            prior.update(rng.random() < 0.02)
        low, high = prior.interval()
        assert low <= prior.rate <= high
        held += low <= 0.02 <= high
        wider = prior.interval(silent_n=8_000)
        assert wider[0] < low
        assert wider[1] > high
    assert held / 300 >= 0.95 - 3 * (0.95 * 0.05 / 300) ** 0.5
    assert ClassPrior().interval() == (0.0, 1.0)


@pytest.mark.parametrize(("kind", "truth"), [("quiet", 0.01), ("prior", 0.03)])
def test_the_prior_without_labels_follows_calibrated_scores_at_1_percent(kind: str, truth: float) -> None:
    ends = []
    for seed in range(6):
        estimate, recent = LabelFreePrior(prior=0.01), []
        for i, p in enumerate(change(kind, seed).p.tolist()):
            estimate.update(p)
            if i >= 30_000:
                recent.append(estimate.get())
        ends.append(statistics.mean(recent))
    error = statistics.stdev(ends) / 6**0.5
    assert statistics.mean(ends) == pytest.approx(truth, abs=3 * error + 0.2 * truth)


def test_the_prior_without_labels_stays_within_a_factor_of_ten_of_its_reference() -> None:
    estimate = LabelFreePrior(prior=0.01)
    for p, odds in ((0.99, 10.0), (1e-9, 0.1)):
        for _ in range(20_000):
            estimate.update(p)
        assert estimate.get() / (1 - estimate.get()) == pytest.approx(odds * 0.01 / 0.99)
    estimate.refer(0.1)
    assert estimate.get() / (1 - estimate.get()) >= 0.1 * 0.1 / 0.9 - 1e-12


def test_a_reference_that_was_wrong_does_not_stop_the_prior_without_labels() -> None:
    rng, estimate = random.Random(3), LabelFreePrior(prior=0.01)
    estimate.refer(1e-6)  # as before the first positive
    for _ in range(200):
        estimate.update(rng.betavariate(1, 20))
    estimate.refer(0.05)
    for _ in range(9_000):  # three windows, at 10 % calibrated at 5 %
        estimate.update(rng.betavariate(2, 19) if rng.random() < 0.1 else rng.betavariate(1, 20))
    assert estimate.get() == pytest.approx(0.1, rel=0.5)
