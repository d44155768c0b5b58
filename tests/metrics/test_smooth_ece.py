from __future__ import annotations

import math

import numpy as np
import pytest

from streamimb import metrics
from tests.metrics.streams import fed, rare_stream


def plain(y: np.ndarray, p: np.ndarray, sigma: float) -> float:
    """smECE at a given width by its definition: reflected kernels, summed event by event."""
    grid = np.linspace(0.0, 1.0, 2_001)
    smoothed = np.zeros_like(grid)
    for value, hit in zip(p, y, strict=True):
        for centre in (value, -value, 2.0 - value, value - 2.0, value + 2.0, 4.0 - value):
            smoothed += (value - hit) * np.exp(-0.5 * ((grid - centre) / sigma) ** 2)
    smoothed /= sigma * math.sqrt(2.0 * math.pi) * len(p)
    return float(np.trapezoid(np.abs(smoothed), grid))


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_fixed_point_of_its_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = rng.beta(1.0, 3.0, size=200)
    y = rng.random(200) < p**0.7
    found = fed(
        metrics.SmoothECE(math.inf), list(zip(y.tolist(), p.tolist(), [1.0] * 200, strict=True))
    ).get()
    assert plain(y, p, found) == pytest.approx(found, rel=0.01)


@pytest.mark.parametrize(("n", "published"), [(500, 0.0083), (5_000, 0.0041)])
def test_a_calibrated_model_has_what_chance_gives(n: int, published: float) -> None:
    """The figures were measured on another calibrated stream of a base rate of 1 %; the scale is the same."""
    found = [fed(metrics.SmoothECE(math.inf), rare_stream("plain", seed, n)).get() for seed in range(12)]
    assert published / 2.0 < float(np.mean(found)) < 1.5 * published


def test_a_gap_everywhere_is_found() -> None:
    metric = metrics.SmoothECE(math.inf)
    for i in range(4_000):
        metric.update(i % 10 == 0, 0.3)
    assert metric.get() == pytest.approx(0.2, abs=0.01)
