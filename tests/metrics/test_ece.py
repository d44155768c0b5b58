from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from streamimb import metrics
from tests.metrics.streams import EVENTS, fed, rare_stream


@given(EVENTS)
def test_it_is_the_debiased_error_of_bins_computed_plainly(events: list[tuple[bool, float, float]]) -> None:
    events = [(y, p, 1.0) for y, p, _ in events]
    found = fed(metrics.ECE(math.inf, bins=4), events).squared()
    p = np.array([p for _, p, _ in events])
    y = np.array([y for y, _, _ in events], dtype=float)
    bins: dict[int, list[int]] = {}
    for value in np.unique(p):
        middle = (p < value).mean() + 0.5 * (p == value).mean()
        bins.setdefault(min(3, int(4 * (middle + 1e-12))), []).extend(np.flatnonzero(p == value).tolist())
    total = 0.0
    for of in bins.values():
        n = len(of)
        if n > 1:
            rate = y[of].mean()
            total += n / len(events) * ((p[of].mean() - rate) ** 2 - rate * (1 - rate) / (n - 1))
    assert found == pytest.approx(total, abs=1e-9)


def test_chance_alone_is_no_error_at_one_percent() -> None:
    """MATH: plain equal-mass ECE of a calibrated model over 5,000 events is 47 % of a base rate of 1 %."""
    squares, plain, rates = [], [], []
    for seed in range(30):
        events = rare_stream("plain", seed, 5_000)
        metric = fed(metrics.ECE(math.inf), events)
        squares.append(metric.squared())
        y, p, _ = (np.array(column) for column in zip(*events, strict=True))
        order = np.argsort(p)
        gaps = [abs(p[part].mean() - y[part].mean()) for part in np.array_split(order, 15)]
        plain.append(np.mean(gaps))
        rates.append(y.mean())
    assert abs(np.mean(squares)) < 3.0 * np.std(squares, ddof=1) / math.sqrt(30)
    assert np.mean(plain) / np.mean(rates) > 0.2
    assert math.sqrt(max(0.0, float(np.mean(squares)))) / np.mean(rates) < 0.15


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_factor_is_found_relative_to_the_base_rate(factor: float) -> None:
    metric = metrics.ECE(math.inf)
    for i in range(20_000):
        metric.update(i % 100 == 0, 0.01 * factor)
    assert metric.get() == pytest.approx(abs(factor - 1.0), abs=0.01)


def test_weights_are_those_of_a_sample_thinned_by_score() -> None:
    rng = np.random.default_rng(5)
    full, sample = metrics.ECE(math.inf), metrics.ECE(math.inf)
    for y, p, _ in rare_stream("plain", 7, 60_000):
        said, kept = min(1.0, 2.0 * p), max(0.1, min(1.0, 20.0 * p))
        full.update(y, said)
        if rng.random() < kept:
            sample.update(y, said, 1.0 / kept)
    assert sample.get() == pytest.approx(full.get(), rel=0.25)
    assert full.get() > 0.8
