"""Isotonic and VennAbers, beside scikit-learn's isotonic regression."""

from __future__ import annotations

import random
from array import array
from typing import Any

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from streamimb._kernels.pooling import isotonic, with_true
from streamimb.calibration import Isotonic, VennAbers


@pytest.mark.parametrize("seed", range(60))
def test_pooling_is_that_of_scikit_learn_with_weights_and_shares(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, 15)
    masses = [rng.choice([0.5, 1.0, 2.0]) for _ in range(n)]
    hits = [mass * rng.choice([0.0, 0.0, 0.5, 1.0]) for mass in masses]
    scores = [i / 20 for i in range(n)]
    shares = [hit / mass for hit, mass in zip(hits, masses, strict=True)]
    corners, answers = isotonic(array("d", scores), array("d", hits), array("d", masses))
    fitted = IsotonicRegression().fit(scores, shares, sample_weight=masses)
    assert np.interp(scores, corners, answers) == pytest.approx(fitted.predict(scores), abs=1e-12)
    found = with_true(array("d", hits), array("d", masses))
    for i, score in enumerate(scores):  # the definition: fitted anew with one event more
        more = IsotonicRegression().fit([*scores, score], [*shares, 1.0], sample_weight=[*masses, 1.0])
        assert found[i] == pytest.approx(more.predict([score])[0], abs=1e-12)


def stream(seed: int, n: int) -> list[tuple[float, bool]]:
    rng = random.Random(seed)
    events = []
    for _ in range(n):
        p = round(rng.betavariate(0.5, 4), 3)  # ties
        events.append((p, rng.random() < p**0.7))
    return events


def test_isotonic_fits_the_last_window_and_nothing_older() -> None:
    calibrator, events = Isotonic(window=200), stream(1, 1_000)
    for p, y in events:
        calibrator.learn_one(p, not y)  # forgotten
    for p, y in events:
        calibrator.learn_one(p, y)
    last = events[-200:]
    fitted = IsotonicRegression(out_of_bounds="clip").fit(*zip(*last, strict=True))
    for p, _ in last:
        assert calibrator.calibrate_one(p) == pytest.approx(float(fitted.predict([p])[0]), abs=1e-12)


def test_isotonic_waits_for_ten_of_each_class_and_keeps_its_map_when_a_class_stays_away() -> None:
    calibrator = Isotonic(window=100)
    for i in range(60):
        calibrator.learn_one(0.3, i % 7 == 0)
    assert calibrator.calibrate_one(0.3) == 0.3  # nine positives so far
    for i in range(40):
        calibrator.learn_one(0.3, i % 2 == 0)
    known = calibrator.calibrate_one(0.3)
    assert known != 0.3
    for _ in range(300):
        calibrator.learn_one(0.3, False)
    assert 0.0 < calibrator.calibrate_one(0.3) <= known


def test_isotonic_may_answer_0_and_1() -> None:
    calibrator = Isotonic(window=100)
    for _ in range(50):
        calibrator.learn_one(0.1, False)
        calibrator.learn_one(0.9, True)
    assert (calibrator.calibrate_one(0.05), calibrator.calibrate_one(0.95)) == (0.0, 1.0)


@pytest.mark.parametrize("p", [0.0, 0.004, 0.05, 0.3, 0.777, 1.0])
def test_the_interval_is_isotonic_regression_with_the_event_as_false_and_as_true(p: float) -> None:
    venn, events, fitted = VennAbers(window=300), stream(2, 900), 0
    for i, (score, y) in enumerate(events):
        due = venn._events.due
        venn.learn_one(score, y)
        fitted = i + 1 if venn._events.due > due else fitted
    scores, labels = map(list, zip(*events[fitted - 300 : fitted], strict=True))
    low, high = (
        float(IsotonicRegression().fit([*scores, p], [*labels, float(y)]).predict([p])[0])
        for y in (False, True)
    )
    assert venn.interval_one(p) == pytest.approx((low, high), abs=1e-12)
    assert venn.calibrate_one(p) == pytest.approx(high / (1 - low + high), abs=1e-12)


def test_the_interval_holds_the_truth_in_the_mean_and_narrows_with_the_window() -> None:
    """sum p0 <= sum y <= sum p1 up to noise; mean width about .03 at window 500 (MATH 3.1)."""
    widths: dict[int, list[float]] = {500: [], 4_000: []}
    for window, found in widths.items():
        rng, venn = random.Random(window), VennAbers(window)
        low = high = truths = 0.0
        for i in range(12_000):
            truth = min(0.9, 0.05 * rng.expovariate(1.0))
            if i >= 6_000:
                p0, p1 = venn.interval_one(truth)
                assert p0 <= p1
                low, high, truths = low + p0, high + p1, truths + truth
                found.append(p1 - p0)
            venn.learn_one(truth, rng.random() < truth)
        assert low <= 1.1 * truths
        assert high >= 0.9 * truths
    assert float(np.mean(widths[500])) == pytest.approx(0.03, abs=0.02)
    assert np.mean(widths[4_000]) < 0.5 * np.mean(widths[500])


@pytest.mark.parametrize("make", [Isotonic, VennAbers])
def test_memory_is_that_of_the_window(make: Any) -> None:
    calibrator = make(window=50)
    for p, y in stream(3, 2_000):
        calibrator.learn_one(p, y)
    state = calibrator.__getstate__()
    assert len(state["events"]["scores"]) == 400
    assert len(state.get("scores", state.get("corners"))) <= 16 * 50
